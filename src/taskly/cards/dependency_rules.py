"""Pure rules about which card waits for which."""

from collections.abc import Collection, Mapping
from uuid import UUID

Waiting = Mapping[UUID, Collection[UUID]]
"""The cards that each card waits for."""


def circle(waiting: Waiting, card: UUID, blockers: Collection[UUID]) -> list[UUID]:
    """The circle that would close if the card waited for these: from the card to a blocker and on to the card.

    Empty if there would be none.
    """
    came_from: dict[UUID, UUID] = {}
    pending = [(blocker, card) for blocker in sorted(blockers)]
    while pending:
        here, before = pending.pop()
        if here in came_from:
            continue
        came_from[here] = before
        if here == card:
            return _way_back(came_from, card)
        pending.extend((following, here) for following in sorted(waiting.get(here, ())))
    return []


def _way_back(came_from: Mapping[UUID, UUID], card: UUID) -> list[UUID]:
    way = [card, came_from[card]]
    while way[-1] != card:
        way.append(came_from[way[-1]])
    return way[::-1]
