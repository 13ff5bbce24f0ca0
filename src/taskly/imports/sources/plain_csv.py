"""Any CSV with a card a row."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from taskly.imports.sources import drafting
from taskly.imports.sources.drafting import Draft
from taskly.imports.sources.plan import FileUnreadable, Plan
from taskly.imports.sources.tables import Row, Table, read_table

GUESSES: dict[str, tuple[str, ...]] = {
    "title": ("title", "name", "summary", "task", "card", "subject", "issue"),
    "description": ("description", "details", "notes", "body", "text"),
    "column": ("column", "status", "list", "state", "stage", "section"),
    "priority": ("priority", "importance"),
    "story_points": ("story points", "points", "estimate"),
    "due_date": ("due date", "due", "deadline"),
    "labels": ("labels", "label", "tags", "tag"),
    "people": ("assignees", "assignee", "assigned to", "owner", "members", "people"),
    "links": ("links", "link", "url", "attachments"),
    "archived": ("archived",),
}
"""What a field of a card may be called, in small letters."""

SEVERAL = frozenset({"labels", "people", "links"})
"""The fields that take all columns of their header; others take the first."""

_TRUE = frozenset({"true", "yes", "1", "x", "y"})


def read_csv(content: bytes, mapping: Mapping[str, str]) -> Plan:
    """The plan of a table; `mapping` names headers of fields where they can't be guessed.

    Raises:
        FileUnreadable: it is no table, or no column has the titles.
    """
    table = read_table(content)
    headers = _headers(table, mapping)
    draft = Draft()
    several = {headers.get(field) for field in SEVERAL}
    for row in table.rows:
        _add(draft, row, headers)
        note_the_rest(draft, row, set(headers.values()), several)
    return draft.plan()


def _headers(table: Table, mapping: Mapping[str, str]) -> dict[str, str]:
    """The header of each field."""
    small = {header.lower(): header for header in reversed(table.headers)}
    found = {}
    for field, guesses in GUESSES.items():
        if field in mapping:
            if mapping[field] not in table.headers:
                raise FileUnreadable(
                    f"The file has no column {mapping[field]!r}; it has {table.shown_headers()}."
                )
            found[field] = mapping[field]
        elif guessed := next((small[each] for each in guesses if each in small), None):
            found[field] = guessed
    if "title" not in found:
        raise FileUnreadable(
            "No column has the titles of cards: name it, with the mapping of `title`. "
            f"There are {table.shown_headers()}."
        )
    return found


def _add(draft: Draft, row: Row, headers: Mapping[str, str]) -> None:
    def words(field: str) -> str:
        return row.first(headers.get(field))

    def listed(field: str) -> list[str]:
        cells = row.every(headers.get(field))
        return [each for cell in cells for each in re.split(r"[,;\n|]", cell) if each.strip()]

    draft.card(
        words("title"),
        column=words("column"),
        description=words("description"),
        labels=listed("labels"),
        people=listed("people"),
        links=[
            (each, "")
            for cell in row.every(headers.get("links"))
            for each in re.split(r"[\s,;]+", cell)
        ],
        archived=words("archived").lower() in _TRUE,
        **understood(draft, words("priority"), words("story_points"), words("due_date")),
    )


def note_the_rest(
    draft: Draft, row: Row, used: Collection[str | None], several: Collection[str | None]
) -> None:
    """Note what cells have that a card does not take: of headers used once, all but the first."""
    for header, cells in row.cells.items():
        if header not in several and (rest := cells[header in used :]):
            draft.note("not_mapped", header, rest[0])
    if row.nameless:
        draft.note("not_mapped", "no header", row.nameless)


def understood(draft: Draft, priority: str, points: str, due: str) -> dict[str, Any]:
    """Priority, story points and due date, as far as they are understood; what is not is noted."""
    found = {
        "priority": drafting.priority(priority),
        "story_points": drafting.points(points) if points else None,
        "due_date": drafting.day(due) if due else None,
    }
    written = {"priority": priority, "story_points": points, "due_date": due}
    for field, value in written.items():
        if value and found[field] is None:
            draft.note("not_understood", field, value)
    return {field: value for field, value in found.items() if value is not None}
