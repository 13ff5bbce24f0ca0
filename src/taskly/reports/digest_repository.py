"""What a digest asks of the tables beside the figures of insights."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card
from taskly.insights.rules.days import Day
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Event
from taskly.sprints.capacity_repository import ASSIGNEES
from taskly.sprints.models import Sprint


@dataclass(frozen=True, slots=True)
class Estimated:
    """What a card comes to now, and who is on it."""

    points: int | None
    user_ids: Sequence[UUID]


async def estimated(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID]
) -> dict[UUID, Estimated]:
    """Points and people of some cards of a board."""
    query = select(Card.id, Card.story_points, func.array(ASSIGNEES)).where(
        Card.board_id == board_id, is_among(Card.id, card_ids)
    )
    rows = await session.execute(query)
    return {id_: Estimated(points, user_ids) for id_, points, user_ids in rows}


async def completed_by(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID], before: datetime
) -> dict[UUID, UUID]:
    """Who put some cards into Done last, before a moment; without those of which nobody is known."""
    query = (
        select(Event.card_id, Event.actor_id)
        .where(
            Event.stream_id == board_id,
            is_among(Event.card_id, card_ids),
            Event.created_at < before,
            Event.data["after"]["completed_at"].astext.is_not(None),
        )
        .order_by(Event.version)
    )
    last = {row.card_id: row.actor_id for row in await session.execute(query)}
    return {card_id: by for card_id, by in last.items() if card_id is not None and by is not None}


async def sprints_around(
    session: AsyncSession, board_id: UUID, first: Day, last: Day
) -> Sequence[Sprint]:
    """The sprints of a board that may have run on some days, in the order of their first days.

    What people did goes before what the days say: one that was started goes on until it is completed.
    """
    has_begun = or_(Sprint.started_at < last.ends_at, Sprint.starts_on <= last.date)
    has_ended = or_(
        Sprint.completed_at < first.starts_at,
        and_(
            Sprint.completed_at.is_(None),
            Sprint.started_at.is_(None),
            Sprint.ends_on < first.date,
        ),
    )
    query = (
        select(Sprint)
        .where(
            Sprint.board_id == board_id,
            Sprint.deleted_at.is_(None),
            has_begun,
            func.coalesce(has_ended, False).is_(False),
        )
        .order_by(Sprint.starts_on, Sprint.id)
    )
    return (await session.scalars(query)).all()
