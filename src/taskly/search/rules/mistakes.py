"""What is wrong with a query, and where: so that whoever typed it sees the word at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

LONGEST_WORD = 60
"""Characters of a wrong word that are shown."""
MOST_EXPECTED = 24


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong word of a query."""

    kind: str
    """A stable name, such as `unknown_field`."""
    message: str
    """A sentence for people."""
    start: int
    """Of the word, counted in characters from 0; `end` is the one behind it."""
    end: int
    word: str
    expected: tuple[str, ...] = ()
    """What could stand there."""
    suggestion: str | None = None
    """What was probably meant, to stand in for the word."""


class QueryMistakes(ValueError):
    """The query can't be understood; each mistake says why and where."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(mistake.message for mistake in mistakes))
        self.mistakes = tuple(mistakes)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if one is close enough."""
    words, meant = list(known), word.lower()
    longer = [each for each in words if len(meant) > 1 and each.startswith(meant)]
    close = longer or get_close_matches(meant, words, n=1, cutoff=0.7)
    return close[0] if close else None


def shown(word: str) -> str:
    """A word as a message shows it: not longer than a line."""
    return word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"
