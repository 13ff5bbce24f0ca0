"""Who can take how much in a sprint, and what that would be with more cards."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.errors import NotOnBoard
from taskly.sprints import capacity_repository as repository
from taskly.sprints.capacity_schemas import CapacityPreview, CapacityResponse
from taskly.sprints.models import SprintAccess
from taskly.sprints.rules.capacity import AssignedCard, burdens, effect
from taskly.workspaces.errors import NotAMember


async def capacity_of(session: AsyncSession, access: SprintAccess) -> CapacityResponse:
    """How the load of a sprint is spread."""
    sprint = access.sprint
    cards = await _cards_in(session, access)
    people = (await repository.people(session, [sprint]))[sprint.id]
    return CapacityResponse.of(sprint.capacity, cards, burdens(cards, people))


async def preview(
    session: AsyncSession,
    access: SprintAccess,
    card_ids: Sequence[UUID],
    assignee_ids: Sequence[UUID] | None,
) -> CapacityPreview:
    """The same as if cards were in the sprint, and these people on them; nothing is changed.

    Raises:
        NotOnBoard: a card is not on the board of the sprint.
        NotAMember: a person is not in the workspace.
    """
    sprint, board = access.sprint, access.board
    before = await _cards_in(session, access)
    named = await repository.cards_among(session, board.id, card_ids)
    if not set(card_ids) <= {card.id for card in named}:
        raise NotOnBoard("The board has no such card.")
    coming = sorted({card.id: card for card in (*before, *named)}.values(), key=_number)
    asked = [] if assignee_ids is None else assignee_ids
    people = (await repository.people(session, [sprint], also=card_ids, asked=asked))[sprint.id]
    if not set(asked) <= {person.id for person in people}:
        raise NotAMember
    after = [
        replace(card, assignee_ids=sorted(set(asked)))
        if assignee_ids is not None and card.id in card_ids
        else card
        for card in coming
    ]
    was, becomes = burdens(before, people), burdens(after, people)
    keys = ", ".join(f"{board.key}-{card.number}" for card in after if card.id in card_ids)
    effects = [effect(keys, *each) for each in zip(was, becomes, strict=True)]
    return CapacityPreview(
        before=CapacityResponse.of(sprint.capacity, before, was).health,
        effects=[each for each in effects if each is not None],
        after=CapacityResponse.of(sprint.capacity, after, becomes),
    )


async def _cards_in(session: AsyncSession, access: SprintAccess) -> list[AssignedCard]:
    sprint_id = access.sprint.id
    return (await repository.assigned_cards(session, access.board.id, [sprint_id]))[sprint_id]


def _number(card: AssignedCard) -> int:
    return card.number
