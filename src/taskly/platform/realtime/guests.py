"""The open sockets of a process, as the hub sees them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol
from uuid import UUID

from taskly.platform.events.log import Stream

GOING_AWAY = 1012


class Guest(Protocol):
    """A socket. None of its methods blocks."""

    @property
    def user_id(self) -> UUID:
        """Whose socket it is."""
        ...

    @property
    def stream(self) -> Stream:
        """What it listens to."""
        ...

    def tick(self, now: float) -> None:
        """Time goes by: `now` is the clock's monotonic time."""
        ...

    def doubt(self) -> None:
        """Prove the access again before anything more is sent."""
        ...

    def dismiss(self, code: int) -> None:
        """Close soon, with this code."""
        ...


class Guests:
    """Who is here, to be told of the passing time, of doubts and of the end."""

    def __init__(self) -> None:
        self._present: set[Guest] = set()
        self._left = asyncio.Event()
        self._draining = False

    @contextmanager
    def hosting(self, guest: Guest) -> Iterator[None]:
        """The guest is here inside the block."""
        self._present.add(guest)
        if self._draining:
            guest.dismiss(GOING_AWAY)
        try:
            yield
        finally:
            self._present.discard(guest)
            self._left.set()

    def tick(self, now: float) -> None:
        """Tell everybody the time."""
        for guest in tuple(self._present):
            guest.tick(now)

    def doubt(self, concerned: Callable[[Guest], bool]) -> None:
        """Doubt the access of those whom it concerns."""
        for guest in self._present:
            if concerned(guest):
                guest.doubt()

    async def drain(self, seconds: float) -> None:
        """Dismiss everybody, now and from now on, and wait a little until they are gone."""
        self._draining = True
        for guest in tuple(self._present):
            guest.dismiss(GOING_AWAY)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._present:
                    self._left.clear()
                    await self._left.wait()
