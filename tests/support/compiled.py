"""What SQLAlchemy compiled, for all engines of a test process."""

from typing import Any

from sqlalchemy.util import LRUCache

CAPACITY = 5000
"""Statements; more than the whole application has."""


class CompiledOnce(LRUCache[Any, Any]):
    """Statements that were compiled for one engine and are good for every other one.

    Engines differ in where they connect, not in how they write SQL: each has a dialect of its own, which
    stands first in the keys here, and all of these are of the same kind.
    """

    def __init__(self) -> None:
        super().__init__(CAPACITY)

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """What was compiled, for whichever engine."""
        return super().get(_of_any(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_of_any(key), compiled)


def _of_any(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return type(dialect), *statement
