"""Pure rules about boards."""

import enum
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass


class Category(enum.StrEnum):
    """What a column means for the progress of its cards."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class WipPolicy(enum.StrEnum):
    """What a column's limit of work in progress does when it is reached."""

    WARN = "warn"
    STRICT = "strict"
    """People can't put more cards in. What GitHub says is followed all the same: work that was merged is done."""


MOST_COLUMNS = 50
"""Of a board."""
MOST_LABELS = 200
"""Of a board."""


@dataclass(frozen=True, slots=True)
class BoardTemplate:
    """What a new board begins with."""

    description: str
    columns: tuple[tuple[str, Category, int | None], ...]
    """Name, category and limit of each, from left to right."""
    labels: tuple[tuple[str, str], ...] = ()
    """Name and colour of each."""


class TemplateName(enum.StrEnum):
    """The templates that there are."""

    BLANK = "blank"
    KANBAN = "kanban"
    SCRUM = "scrum"
    BUG_TRIAGE = "bug-triage"


_KINDS = (("bug", "#d73a4a"), ("feature", "#0e8a16"), ("chore", "#6e7781"))

TEMPLATES: dict[TemplateName, BoardTemplate] = {
    TemplateName.BLANK: BoardTemplate(
        "A column to begin with.", columns=(("To Do", Category.TODO, None),)
    ),
    TemplateName.KANBAN: BoardTemplate(
        "Work that flows: from an idea through review to done.",
        columns=(
            ("To Do", Category.TODO, None),
            ("In Progress", Category.IN_PROGRESS, None),
            ("In Review", Category.IN_PROGRESS, None),
            ("Done", Category.DONE, None),
        ),
    ),
    TemplateName.SCRUM: BoardTemplate(
        "Sprints out of a backlog.",
        columns=(
            ("Backlog", Category.TODO, None),
            ("Ready", Category.TODO, None),
            ("In Progress", Category.IN_PROGRESS, None),
            ("In Review", Category.IN_PROGRESS, None),
            ("Testing", Category.IN_PROGRESS, None),
            ("Done", Category.DONE, None),
        ),
        labels=_KINDS,
    ),
    TemplateName.BUG_TRIAGE: BoardTemplate(
        "Reports that are confirmed, fixed and checked.",
        columns=(
            ("Reported", Category.TODO, None),
            ("Confirmed", Category.TODO, None),
            ("Fixing", Category.IN_PROGRESS, 5),
            ("Verifying", Category.IN_PROGRESS, None),
            ("Fixed", Category.DONE, None),
            ("Not a Bug", Category.DONE, None),
        ),
        labels=(
            ("critical", "#b60205"),
            ("regression", "#d93f0b"),
            ("needs information", "#fbca04"),
            ("duplicate", "#cfd3d7"),
        ),
    ),
}

KEY_LENGTH = 10


def suggest_key(name: str, taken: Collection[str]) -> str:
    """A free board key made from the name: initials of several words, else the first letters.

    >>> suggest_key("Payments", set()), suggest_key("Mobile App", set()), suggest_key("42", set())
    ('PAY', 'MA', 'B42')
    >>> suggest_key("Élan", set()), suggest_key("Große Brücke", set())
    ('ELA', 'GB')
    """
    letters = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name))
    words = re.findall(r"[A-Z0-9]+", letters.upper())
    stem = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    if not stem or not stem[0].isalpha():
        stem = f"B{stem}"
    stem = stem[: KEY_LENGTH - 3].ljust(2, "X")
    candidate, count = stem, 1
    while candidate in taken:
        count += 1
        candidate = f"{stem}{count}"
    return candidate
