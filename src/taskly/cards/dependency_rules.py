"""Pure rules about which card waits for which."""

from collections.abc import Collection, Iterable, Mapping
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


def in_circles(waiting: Waiting, among: Iterable[UUID]) -> set[UUID]:
    """Those of some cards, and of all for which they wait, that wait for themselves by way of whatever others.

    Each card is looked at twice, however many there are: two are in one circle if each is reached from the
    other, and whoever was left first reaches nobody who was left later but in a circle (Kosaraju).
    """
    left = _in_order_of_leaving(waiting, among)
    known = set(left)
    behind: dict[UUID, list[UUID]] = {card: [] for card in left}
    for card in left:
        for blocker in waiting.get(card, ()):
            behind[blocker].append(card)
    found: set[UUID] = set()
    for card in reversed(left):
        circling, pending = set[UUID](), [card]
        while pending:
            here = pending.pop()
            if here in known:
                known.remove(here)
                circling.add(here)
                pending.extend(behind[here])
        if len(circling) > 1 or card in waiting.get(card, ()):
            found |= circling
    return found


def _in_order_of_leaving(waiting: Waiting, among: Iterable[UUID]) -> list[UUID]:
    """The cards that are reached from some, each behind those that are reached from it alone."""
    seen: set[UUID] = set()
    left: list[UUID] = []
    for start in among:
        way = [] if start in seen else [(start, iter(waiting.get(start, ())))]
        seen.add(start)
        while way:
            here, following = way[-1]
            new = next((each for each in following if each not in seen), None)
            if new is None:
                left.append(here)
                way.pop()
            else:
                seen.add(new)
                way.append((new, iter(waiting.get(new, ()))))
    return left
