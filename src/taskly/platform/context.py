"""Who is acting, and for which request: bound once at the edge, read where it is written down."""

import enum
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The `X-Request-ID` under which the present work runs, in a request as in a worker."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a request comes, as far as the connection shows it."""

    address: str | None
    headers: Sequence[tuple[bytes, bytes]] = field(default=(), repr=False)

    @classmethod
    def known(cls, address: str | None, user_agent: str | None) -> Self:
        """From where something came of which this was written down."""
        said = [] if user_agent is None else [(b"user-agent", user_agent.encode("latin-1"))]
        return cls(address, said)

    @property
    def user_agent(self) -> str | None:
        """What the program calls itself: at most 400 characters that can be shown. Read when asked for."""
        for name, value in self.headers:
            if name == b"user-agent":
                return "".join(filter(str.isprintable, value.decode("latin-1")))[:400]
        return None


NOWHERE = Origin(None)
origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)
"""Where the present request comes from. Work that nobody asks for over HTTP comes from nowhere."""


class ActorKind(enum.StrEnum):
    """Who made a change: a person, GitHub through a delivery, or Taskly itself."""

    USER = "user"
    GITHUB = "github"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change. `user_id` is set for people, and for GitHub when the account is known here."""

    kind: ActorKind
    user_id: UUID | None = None

    @classmethod
    def user(cls, user_id: UUID) -> Self:
        """A person."""
        return cls(ActorKind.USER, user_id)

    @classmethod
    def github(cls, user_id: UUID | None = None) -> Self:
        """GitHub, on behalf of somebody who may have an account here."""
        return cls(ActorKind.GITHUB, user_id)


SYSTEM = Actor(ActorKind.SYSTEM)
