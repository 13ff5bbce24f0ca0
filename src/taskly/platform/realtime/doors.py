"""What the api hands in: who is there, and what they may listen to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.websockets import WebSocket

from taskly.platform.events.log import Stream


class Person(Protocol):
    """Whoever is signed in."""

    @property
    def user_id(self) -> UUID:
        """The person's id."""
        ...


P = TypeVar("P", bound=Person)

Door = Callable[[AsyncSession, P, UUID], Awaitable[Stream]]
"""Opens a board's or a workspace's stream for a person. Raises NotFound, Forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors(Generic[P]):
    """What the api knows about access. All but `authenticate` are asked again while a socket is open."""

    authenticate: Callable[[WebSocket], Awaitable[P]]
    """Who opens the socket. Raises NotSignedIn, or Forbidden for a page of another site."""
    still_signed_in: Callable[[AsyncSession, P, datetime], Awaitable[bool]]
    """Whether the session or token has not been ended since."""
    board: Door[P]
    workspace: Door[P]
