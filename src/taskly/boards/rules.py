"""Pure rules about boards."""

import enum
import re
from collections.abc import Collection


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

DEFAULT_COLUMNS: tuple[tuple[str, Category], ...] = (
    ("To Do", Category.TODO),
    ("In Progress", Category.IN_PROGRESS),
    ("In Review", Category.IN_PROGRESS),
    ("Done", Category.DONE),
)
"""The columns of a board for which none were asked."""

KEY_LENGTH = 10


def suggest_key(name: str, taken: Collection[str]) -> str:
    """A free board key made from the name: initials of several words, else the first letters.

    >>> suggest_key("Payments", set()), suggest_key("Mobile App", set()), suggest_key("42", set())
    ('PAY', 'MA', 'B42')
    """
    words = re.findall(r"[A-Z0-9]+", name.upper())
    stem = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    if not stem or not stem[0].isalpha():
        stem = f"B{stem}"
    stem = stem[: KEY_LENGTH - 3].ljust(2, "X")
    candidate, count = stem, 1
    while candidate in taken:
        count += 1
        candidate = f"{stem}{count}"
    return candidate
