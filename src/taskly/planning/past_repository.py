"""What the log tells of the last sprints of a board."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Date, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.insights.rules.folding import Entry
from taskly.platform.events.models import Event
from taskly.sprints.models import Sprint

_BESIDES = or_(Event.type.startswith("column."), Event.type.startswith("sprint."))
"""What has to be known of a board besides its cards."""


async def last_sprints(session: AsyncSession, board_id: UUID, today: date, last: int) -> list[UUID]:
    """The sprints of a board that were over last: completed, or with their last day behind them."""
    closed = func.coalesce(cast(Sprint.completed_at, Date), Sprint.ends_on)
    query = (
        select(Sprint.id)
        .where(
            Sprint.board_id == board_id,
            Sprint.deleted_at.is_(None),
            or_(Sprint.completed_at.is_not(None), Sprint.ends_on < today),
        )
        .order_by(closed.desc(), Sprint.id.desc())
        .limit(last)
    )
    return list(await session.scalars(query))


async def entries_about(
    session: AsyncSession, board_id: UUID, sprint_ids: Sequence[UUID]
) -> list[Entry]:
    """What the log tells of some sprints: of the columns, the sprints, and the cards that were ever in one of these."""
    named = [
        Event.data[side]["sprint_id"].astext.in_(map(str, sprint_ids))
        for side in ("before", "after", "facts")
    ]
    begun = select(func.min(Sprint.created_at)).where(Sprint.id.in_(sprint_ids)).scalar_subquery()
    touched = select(Event.card_id).where(
        Event.stream_id == board_id, Event.created_at >= begun, or_(*named)
    )
    query = (
        select(Event.created_at, Event.type, Event.actor_id, Event.data)
        .where(
            Event.stream_id == board_id,
            or_(Event.card_id.in_(touched), and_(Event.card_id.is_(None), _BESIDES)),
        )
        .order_by(Event.version)
    )
    return [Entry(*row) for row in await session.execute(query)]
