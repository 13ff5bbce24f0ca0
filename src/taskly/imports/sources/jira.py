"""The CSV that Jira writes: headers come as often as an issue has values."""

import re

from taskly.boards.rules import Category
from taskly.imports.sources.drafting import Draft
from taskly.imports.sources.plain_csv import note_the_rest, understood
from taskly.imports.sources.plan import FileUnreadable, Plan
from taskly.imports.sources.tables import Row, read_table

TITLE = "Summary"
POINTS = re.compile(r"(custom field \()?story ?points?( estimate)?\)?", re.IGNORECASE)
USED = frozenset(
    {"Summary", "Issue key", "Issue Type", "Status", "Priority", "Assignee", "Description", "Due date", "Due Date"}
)  # fmt: skip
SEVERAL = frozenset({"Labels", "Comment", "Attachment", "Sprint"})
SILENT = frozenset({"Issue id", "Project key", "Project name", "Project type", "Status Category"})
"""What says nothing of an issue that is not said elsewhere."""
CATEGORIES = {
    "to do": Category.TODO,
    "in progress": Category.IN_PROGRESS,
    "done": Category.DONE,
}
_COMMENT = re.compile(r"([^;]{1,40});([^;]{0,100});(.*)", re.DOTALL)


def read_jira(content: bytes) -> Plan:
    """The plan of an export.

    Raises:
        FileUnreadable: it is no table, or not one of Jira's.
    """
    table = read_table(content)
    if TITLE not in table.headers:
        raise FileUnreadable(
            f"There is no column {TITLE!r}: this is no CSV of Jira. There are {table.shown_headers()}."
        )
    points = next((each for each in table.headers if POINTS.fullmatch(each)), None)
    name = next((row.first("Project name") for row in table.rows), "")
    draft = Draft(name)
    for row in table.rows:
        _add(draft, row, points)
        note_the_rest(draft, row, USED | {points}, SEVERAL | SILENT)
    return draft.plan()


def _add(draft: Draft, row: Row, points: str | None) -> None:
    sprints = [f"Sprint: {name}" for name in row.every("Sprint")]
    for name in row.every("Sprint"):
        draft.note("as_label", "Sprint", name)
    key, kind = row.first("Issue key"), row.first("Issue Type")
    origin = f"_Was {key} in Jira._" if key else ""
    due = row.first("Due date") or row.first("Due Date")
    draft.card(
        row.first(TITLE),
        column=draft.column(
            row.first("Status"), CATEGORIES.get(row.first("Status Category").lower())
        ),
        description="\n\n".join(filter(None, [row.first("Description"), origin])),
        labels=[*row.every("Labels"), *([kind.lower()] if kind else []), *sprints],
        people=[row.first("Assignee")],
        links=[_link(each) for each in row.every("Attachment")],
        comments=[_said(comment) for comment in row.every("Comment")],
        **understood(draft, row.first("Priority"), row.first(points), due),
    )


def _said(cell: str) -> str:
    """A comment, which Jira writes as `date;author;text`."""
    found = _COMMENT.fullmatch(cell)
    return cell if found is None else f"**{found[2]}** wrote on {found[1]}:\n\n{found[3]}"


def _link(cell: str) -> tuple[str, str]:
    """An attachment, which Jira writes as `date;author;file name;address`."""
    name, _, address = cell.rpartition(";")
    return address, name.split(";", 2)[-1]
