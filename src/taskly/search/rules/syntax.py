"""A query as it is written: words and filters with their places, before anybody asks what they mean."""

from dataclasses import dataclass
from typing import Literal

Sign = Literal["", "<", "<=", ">", ">=", ".."]


@dataclass(frozen=True, slots=True)
class Value:
    """What stands behind a field; `text` is without the quotes."""

    text: str
    start: int
    end: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a filter: a value, a comparison with one, or a range of two."""

    sign: Sign
    low: Value | None
    high: Value | None = None

    @property
    def values(self) -> list[Value]:
        """The values that are there."""
        return [value for value in (self.low, self.high) if value is not None]


@dataclass(frozen=True, slots=True)
class Filter:
    """`name:choice,choice`; any of the choices will do."""

    name: str
    start: int
    end: int
    """Of the name without its colon."""
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A free word, or several in quotes."""

    text: str
    start: int
    end: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Negation:
    """What must not hold."""

    part: "Syntax"


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all have to hold, or some."""

    joined_by: Literal["and", "or"]
    parts: tuple["Syntax", ...]


Syntax = Filter | Text | Negation | Group
