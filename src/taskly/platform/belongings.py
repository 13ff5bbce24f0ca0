"""What domains open once in a process, when it is first needed, and what is closed with the process."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar


class Closable(Protocol):
    """Something open."""

    async def aclose(self) -> None:
        """Close it."""


Thing = TypeVar("Thing", bound=Closable)


class Belongings:
    """One thing of each kind, such as the connections to GitHub. Belongs to a `Runtime`."""

    def __init__(self) -> None:
        self._things: dict[type[Any], Any] = {}

    def get(self, kind: type[Thing], make: Callable[[], Thing]) -> Thing:
        """The thing of this kind, made when it is asked for first."""
        if kind not in self._things:
            self._things[kind] = make()
        thing: Thing = self._things[kind]
        return thing

    async def aclose(self) -> None:
        """Close everything, the latest first."""
        while self._things:
            _, thing = self._things.popitem()
            await thing.aclose()
