"""What can go wrong with searches."""

from collections.abc import Sequence
from typing import Self

from taskly.platform.http.problems import Conflict, Invalid
from taskly.search.rules.mistakes import Mistake

MOST_MISTAKES = 8
"""That are told: an answer stays short, whatever was asked."""


class QueryInvalid(Invalid):
    """The query can't be understood: `errors` points at each word."""

    code, title = "query_invalid", "The query can't be understood"

    @classmethod
    def at(cls, place: Sequence[str], mistakes: Sequence[Mistake]) -> Self:
        """The problem of a query that stands at a place of the request."""
        errors = [
            {
                "loc": list(place),
                "msg": mistake.message,
                "type": mistake.kind,
                "start": mistake.start,
                "end": mistake.end,
                "word": mistake.word,
                "expected": list(mistake.expected),
                "suggestion": mistake.suggestion,
            }
            for mistake in mistakes[:MOST_MISTAKES]
        ]
        return cls(f"{'.'.join(place)}: {mistakes[0].message}", errors=errors)


class TooManyViews(Conflict):
    """A person keeps so many views of a workspace, and no more."""

    code, title = "too_many_views", "You have as many views here as one can have"
