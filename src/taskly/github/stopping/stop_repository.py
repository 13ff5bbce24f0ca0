"""The queries about rules that must not move cards any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.events import CardMoved
from taskly.github.models import StoppedRule
from taskly.github.rules.automation import Rule
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Event


async def stopped_rules(
    session: AsyncSession, card_ids: Collection[UUID]
) -> dict[UUID, frozenset[Rule]]:
    """The rules that must not move some cards, by card; those that any rule may move are left out."""
    found: dict[UUID, frozenset[Rule]] = {}
    query = select(StoppedRule.card_id, StoppedRule.rule)
    for card_id, rule in await session.execute(
        query.where(is_among(StoppedRule.card_id, card_ids))
    ):
        found[card_id] = found.get(card_id, frozenset()) | {rule}
    return found


async def stops_of(session: AsyncSession, card_id: UUID) -> Sequence[StoppedRule]:
    """The rules that must not move a card, in the order in which they were stopped."""
    query = select(StoppedRule).where(StoppedRule.card_id == card_id).order_by(StoppedRule.id)
    return (await session.scalars(query)).all()


@dataclass(frozen=True, slots=True)
class AutomaticMove:
    """A move that a rule made."""

    board_id: UUID
    rule: Rule


async def moves_by_rules(
    session: AsyncSession, card_id: UUID, operation_id: UUID
) -> list[AutomaticMove]:
    """What rules moved a card in an operation, and on which board, in order."""
    rule = Event.data["reason"]["rule"].astext
    query = (
        select(Event.stream_id, rule)
        .where(
            Event.operation_id == operation_id,
            Event.card_id == card_id,
            Event.type == CardMoved.type,
            rule.in_([each.value for each in Rule]),
        )
        .order_by(Event.id)
    )
    return [AutomaticMove(board_id, Rule(name)) for board_id, name in await session.execute(query)]
