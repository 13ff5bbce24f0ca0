"""Reactions: a domain answers a change of another one, in the same transaction.

Imports go one way, so a domain that needs something done further up can't call it; it records what
happened, and whoever declared a reaction to that hears of it just before the commit. A reaction may
record further changes in streams that the transaction holds, and promise work; it takes no further locks.

    @reacts_to(CardArchived)
    async def take_links_off(tx: Transaction, changes: Sequence[Recorded]) -> None: ...

It gets all such changes of the transaction at once, so that a thousand cards cost no more queries than one.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from taskly.platform.events.change import Change
from taskly.platform.events.log import LogWriter, Recorded

Reaction = Callable[[Any, Sequence[Recorded]], Awaitable[None]]

_REACTIONS: dict[str, list[Reaction]] = {}


def reacts_to(*kinds: type[Change]) -> Callable[[Reaction], Reaction]:
    """Declare that a function wants to hear of these kinds of change."""

    def declare(reaction: Reaction) -> Reaction:
        for kind in kinds:
            _REACTIONS.setdefault(kind.type, []).append(reaction)
        return reaction

    return declare


def has_reactions(kind: str) -> bool:
    """Whether anybody reacts to changes of this type."""
    return bool(_REACTIONS.get(kind))


async def react(transaction: Any, log: LogWriter) -> None:
    """Let everybody react to what was recorded, and to what the reactions record."""
    told: set[UUID] = set()
    while pending := [each for each in log.recorded if each.id not in told]:
        told.update(each.id for each in pending)
        wanted: dict[Reaction, list[Recorded]] = {}
        for recorded in pending:
            for reaction in _REACTIONS.get(recorded.type, ()):
                wanted.setdefault(reaction, []).append(recorded)
        for reaction, changes in wanted.items():
            await reaction(transaction, changes)
