"""Every query about sprints."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, Text, func, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.repository import RFC3339, SnapshotPart
from taskly.cards.models import Card
from taskly.platform.db.arrays import is_among
from taskly.platform.driver import RowReader
from taskly.platform.events.change import JsonObject
from taskly.platform.events.models import Event
from taskly.sprints.models import Sprint, SprintSeries
from taskly.sprints.rules.outcome import ScopedCard
from taskly.workspaces.models import Workspace

SPRINTS = SnapshotPart(
    "sprints",
    f"""
    SELECT json_agg(row_to_json(item) ORDER BY item.starts_on, item.id) FROM (
        SELECT
            id, name, goal, starts_on, ends_on, capacity,
            to_char(started_at AT TIME ZONE 'UTC', '{RFC3339}') AS started_at,
            to_char(completed_at AT TIME ZONE 'UTC', '{RFC3339}') AS completed_at
        FROM sprints WHERE board_id = boards.id AND deleted_at IS NULL
    ) AS item
    """,  # noqa: S608 - a constant of our own
)


@dataclass(frozen=True, slots=True)
class SprintInPlan:
    """A sprint with the others of its board that share days with it, and where its days begin."""

    sprint: Sprint
    overlapping: Sequence[UUID]
    time_zone: str


async def boards_of_sprints(hot: RowReader, sprint_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The board of each sprint that exists."""
    rows = await hot.fetch_rows(
        "SELECT id, board_id FROM sprints WHERE id = ANY($1::uuid[])", sprint_ids
    )
    return {row["id"]: row["board_id"] for row in rows}


async def sprint_row(session: AsyncSession, board_id: UUID, sprint_id: UUID) -> Sprint | None:
    """A sprint of a board that was not deleted."""
    query = select(Sprint).where(
        Sprint.id == sprint_id, Sprint.board_id == board_id, Sprint.deleted_at.is_(None)
    )
    return (await session.scalars(query)).one_or_none()


_other = aliased(Sprint)
_OVERLAPPING = (
    select(_other.id)
    .where(
        _other.board_id == Sprint.board_id,
        _other.id != Sprint.id,
        _other.deleted_at.is_(None),
        _other.starts_on <= Sprint.ends_on,
        _other.ends_on >= Sprint.starts_on,
    )
    .order_by(_other.starts_on, _other.id)
    .correlate(Sprint)
    .scalar_subquery()
)
_IN_PLAN = select(Sprint, func.array(_OVERLAPPING), Workspace.time_zone).join(
    Workspace, Workspace.id == Sprint.workspace_id
)


async def in_plan(session: AsyncSession, sprint_id: UUID) -> SprintInPlan:
    """A sprint, as it is stored by now, among the others of its board."""
    row = (await session.execute(_IN_PLAN.where(Sprint.id == sprint_id))).one()
    return SprintInPlan(*row)


async def sprints_of(
    session: AsyncSession, board_id: UUID, *, after: tuple[date, UUID] | None, limit: int
) -> list[SprintInPlan]:
    """The sprints of a board, in the order of their first days."""
    query = _IN_PLAN.where(Sprint.board_id == board_id, Sprint.deleted_at.is_(None))
    if after is not None:
        query = query.where(tuple_(Sprint.starts_on, Sprint.id) > after)
    query = query.order_by(Sprint.starts_on, Sprint.id).limit(limit)
    return [SprintInPlan(*row) for row in await session.execute(query)]


async def sprints_in_plan(session: AsyncSession, sprint_ids: Sequence[UUID]) -> list[SprintInPlan]:
    """Some sprints, in the order of their first days."""
    query = _IN_PLAN.where(is_among(Sprint.id, sprint_ids))
    rows = await session.execute(query.order_by(Sprint.starts_on, Sprint.id))
    return [SprintInPlan(*row) for row in rows]


async def time_zone_of(session: AsyncSession, workspace_id: UUID) -> str:
    """Where the days of a workspace begin and end."""
    query = select(Workspace.time_zone).where(Workspace.id == workspace_id)
    return (await session.scalars(query)).one()


async def series_of(session: AsyncSession, board_id: UUID) -> SprintSeries | None:
    """The series of a board."""
    return await session.get(SprintSeries, board_id)


async def sprints_in_series(session: AsyncSession, board_id: UUID) -> Sequence[Sprint]:
    """The sprints of a board's series that were not deleted, in the order of their numbers."""
    query = select(Sprint).where(
        Sprint.board_id == board_id,
        Sprint.deleted_at.is_(None),
        Sprint.series_number.is_not(None),
    )
    return (await session.scalars(query.order_by(Sprint.series_number, Sprint.id))).all()


async def next_sprint(session: AsyncSession, sprint: Sprint) -> UUID | None:
    """The first sprint of the board that begins after this one and was not completed."""
    query = (
        select(Sprint.id)
        .where(
            Sprint.board_id == sprint.board_id,
            Sprint.deleted_at.is_(None),
            Sprint.completed_at.is_(None),
            tuple_(Sprint.starts_on, Sprint.id) > (sprint.starts_on, sprint.id),
        )
        .order_by(Sprint.starts_on, Sprint.id)
        .limit(1)
    )
    return await session.scalar(query)


async def sprints_among(
    session: AsyncSession, board_id: UUID, sprint_ids: Collection[UUID]
) -> set[UUID]:
    """Those of some sprints that are of a board and were not deleted."""
    query = select(Sprint.id).where(
        is_among(Sprint.id, sprint_ids), Sprint.board_id == board_id, Sprint.deleted_at.is_(None)
    )
    return set(await session.scalars(query))


async def scope_of(session: AsyncSession, sprint_id: UUID, began_at: datetime) -> list[ScopedCard]:
    """The cards that count to a sprint that began then, in the order of their numbers.

    Archived ones count only if they are done, and done ones only if they were not done before it began.
    """
    query = (
        select(Card.id, Card.number, Card.story_points, Card.completed_at.is_not(None))
        .where(
            Card.sprint_id == sprint_id,
            Card.deleted_at.is_(None),
            Card.archived_at.is_(None) | Card.completed_at.is_not(None),
            Card.completed_at.is_(None) | (Card.completed_at >= began_at),
        )
        .order_by(Card.number)
    )
    return [ScopedCard(*row) for row in await session.execute(query)]


_sprint_entered = literal_column("events.data->'after'->>'sprint_id'", Text())
"""In these words, for they are those of the index; names as parameters would not be."""
_SCOPE_TYPES = (
    "card.created",
    "card.updated",
    "card.moved",
    "card.archived",
    "card.restored",
    "card.deleted",
    "card.undeleted",
    "card.left",
    "card.arrived",
)


async def scope_events(
    session: AsyncSession, sprint: Sprint, *, after: int | None, limit: int
) -> Sequence[Event]:
    """What the log tells of cards and a sprint: not all of it changes the sprint's scope."""
    query = scope_statement(sprint.id, sprint.board_id, after=after, limit=limit)
    return (await session.scalars(query)).all()


def scope_statement(
    sprint_id: UUID, board_id: UUID, *, after: int | None, limit: int
) -> Select[Event]:
    """The query behind `scope_events`.

    A card that has to do with a sprint came into it once, and the entries that say so have an index of their own. From
    there each card's own entries are read by their index, and never the board's log. `OFFSET` keeps PostgreSQL from
    looking for all cards' entries at once, which it would do by reading the log.
    """
    named = [
        Event.data[side]["sprint_id"].astext == str(sprint_id)
        for side in ("before", "after", "facts")
    ]
    cards = (
        select(Event.card_id)
        .where(_sprint_entered == str(sprint_id), Event.stream_id == board_id)
        .distinct()
        .subquery("cards")
    )
    told = (
        select(Event)
        .where(
            Event.card_id == cards.c.card_id,
            Event.stream_id == board_id,
            Event.version > (after or 0),
            Event.type.in_(_SCOPE_TYPES),
            or_(*named),
        )
        .offset(0)
        .lateral("told")
    )
    entry = aliased(Event, told)
    return select(entry).join_from(cards, told, true()).order_by(entry.version).limit(limit)


async def facts_at(session: AsyncSession, board_id: UUID, version: int | None) -> JsonObject:
    """The facts of an event of a board; none, if there is no such event."""
    if version is None:
        return {}
    query = select(Event.data).where(Event.stream_id == board_id, Event.version == version)
    data = await session.scalar(query)
    return {} if data is None else data.get("facts") or {}


async def card_ids_in(session: AsyncSession, sprint_id: UUID) -> list[UUID]:
    """The cards of a sprint, archived ones included, in the order of their ids."""
    query = select(Card.id).where(Card.sprint_id == sprint_id, Card.deleted_at.is_(None))
    return list(await session.scalars(query.order_by(Card.id)))
