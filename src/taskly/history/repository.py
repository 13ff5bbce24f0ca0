"""Every query about the past."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.events import BoardCreated
from taskly.boards.models import BoardColumn, Label
from taskly.cards.models import CardComment
from taskly.platform.db.arrays import is_among
from taskly.platform.events.change import JsonObject
from taskly.platform.events.models import Event, StreamKind
from taskly.sprints.events import SprintCreated, SprintDeleted, SprintRestored
from taskly.sprints.models import Sprint
from taskly.workspaces.models import WorkspaceMember


@dataclass(frozen=True, slots=True)
class Touched:
    """A board or a workspace that an operation changed."""

    kind: StreamKind
    id: UUID
    workspace_id: UUID
    version: int
    """That after the operation's last change."""
    changes: int
    types: Sequence[str]
    """Its changes' types, each once."""

    @property
    def was_made(self) -> bool:
        """Whether it is a board that the operation made."""
        return self.kind is StreamKind.BOARD and BoardCreated.type in self.types


async def touched(
    session: AsyncSession, operation_id: UUID, card_id: UUID | None = None
) -> list[Touched]:
    """What an operation changed, of a card if one is named, in the order of the ids; without reading the changes, which
    may be very many.
    """
    key = (Event.stream_kind, Event.stream_id, Event.workspace_id)
    types = func.array_agg(Event.type.distinct())
    query = (
        select(*key, func.max(Event.version), func.count(), types)
        .where(Event.operation_id == operation_id, _is_of(card_id))
        .group_by(*key)
        .order_by(Event.stream_id)
    )
    return [Touched(*row) for row in await session.execute(query)]


async def changes(
    session: AsyncSession,
    operation_id: UUID,
    made: Collection[UUID],
    card_id: UUID | None = None,
) -> Sequence[Event]:
    """What an operation changed, of a card if one is named: board by board, or in workspaces, the last change first.

    Of boards that it made only that.
    """
    query = (
        select(Event)
        .where(
            Event.operation_id == operation_id,
            _is_of(card_id),
            Event.stream_id.not_in(made) | (Event.type == BoardCreated.type),
        )
        .order_by(Event.stream_id, Event.version.desc())
    )
    return (await session.scalars(query)).all()


def _is_of(card_id: UUID | None) -> ColumnElement[bool]:
    return true() if card_id is None else Event.card_id == card_id


async def columns(session: AsyncSession, board_ids: Collection[UUID]) -> Sequence[BoardColumn]:
    """All columns of some boards, deleted ones included."""
    query = select(BoardColumn).where(BoardColumn.board_id.in_(board_ids))
    return (await session.scalars(query)).all()


async def labels(session: AsyncSession, board_ids: Collection[UUID]) -> Sequence[Label]:
    """All labels of some boards."""
    return (await session.scalars(select(Label).where(Label.board_id.in_(board_ids)))).all()


async def sprints(session: AsyncSession, board_ids: Collection[UUID]) -> Sequence[Sprint]:
    """All sprints of some boards, deleted ones included."""
    return (await session.scalars(select(Sprint).where(Sprint.board_id.in_(board_ids)))).all()


async def member_ids(session: AsyncSession, workspace_id: UUID) -> set[UUID]:
    """The people of a workspace."""
    query = select(WorkspaceMember.user_id).where(WorkspaceMember.workspace_id == workspace_id)
    return set(await session.scalars(query))


async def comments(session: AsyncSession, comment_ids: Collection[UUID]) -> Sequence[CardComment]:
    """Some comments."""
    query = select(CardComment).where(is_among(CardComment.id, comment_ids))
    return (await session.scalars(query)).all()


async def version_at(session: AsyncSession, board_id: UUID, at: datetime) -> int:
    """The version at which a board stood at a time; 0 before its first event."""
    version = await session.scalar(
        select(Event.version)
        .where(Event.stream_id == board_id, Event.created_at <= at)
        .order_by(Event.version.desc())
        .limit(1)
    )
    return version or 0


async def former_value(session: AsyncSession, event: Event, field: str) -> str | None:
    """What a field of the thing that an event speaks of was after it, if such an event changed the field since."""
    before = Event.data["before"]
    query = (
        select(before[field].astext)
        .where(
            Event.stream_id == event.stream_id,
            Event.version > event.version,
            Event.type == event.type,
            Event.data["id"].astext == event.data["id"],
            before.has_key(field),
        )
        .order_by(Event.version)
        .limit(1)
    )
    return await session.scalar(query)


async def last_coming_or_going(
    session: AsyncSession, board_id: UUID, sprint_ids: Collection[UUID]
) -> JsonObject | None:
    """What the log last says of some sprints of a board that came or went: by being made, deleted or restored."""
    kinds = (SprintCreated.type, SprintDeleted.type, SprintRestored.type)
    query = (
        select(Event.data)
        .where(
            Event.stream_id == board_id,
            Event.type.in_(kinds),
            Event.data["id"].astext.in_([str(sprint_id) for sprint_id in sprint_ids]),
        )
        .order_by(Event.version.desc())
        .limit(1)
    )
    return await session.scalar(query)
