"""Every query that keeps what is folded of boards' logs."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    DateTime,
    Select,
    Uuid,
    bindparam,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.insights.models import BoardRollup, CardStep, FlowChange
from taskly.insights.rules.durations import time_in_columns
from taskly.insights.rules.flow import Place
from taskly.insights.rules.folding import ASKED_FOR, CardFold, Entry, Known
from taskly.insights.rules.histories import CardHistory, Scope
from taskly.platform.db.arrays import is_among
from taskly.workspaces.models import Workspace

_KNOWN = TypeAdapter(Known)
_MICROSECOND = timedelta(microseconds=1)

_LOG = text(
    """
    SELECT
        version, created_at, type, actor_id,
        jsonb_build_object(
            'entity', data->'entity', 'id', data->'id',
            'before', CASE WHEN data->'before' <> 'null' THEN jsonb_build_object() END,
            'after', CASE WHEN data->'after' <> 'null' THEN
                (data->'after') - ARRAY['title', 'description', 'goal']
            END
        ) AS data
    FROM events
    WHERE stream_id = :board_id AND version > :after AND version <= :upto
        AND data->>'entity' IN ('card', 'column', 'sprint')
        AND (
            data->>'entity' <> 'card' OR data->'before' = 'null' OR data->'after' = 'null'
            OR data->'after' ?| CAST(:asked_for AS text[])
        )
    ORDER BY version
    """
).columns(
    column("version", BigInteger()),
    column("created_at", DateTime(timezone=True)),
    column("type"),
    column("actor_id", Uuid()),
    column("data", JSONB()),
)
"""Without the long texts, and without the changes of cards that charts don't ask for."""

_STORE_STEPS = text(
    """
    INSERT INTO card_steps (
        board_id, card_id, created_at, at, until, by, column_id, category, points, sprint_id,
        assignee_ids, label_ids, presence, started_at, completed_at, stays
    )
    SELECT :board_id, step.*
    FROM jsonb_to_recordset(:steps) AS step (
        card_id uuid, created_at timestamptz, at timestamptz, until timestamptz, by uuid,
        column_id uuid, category column_category, points integer, sprint_id uuid,
        assignee_ids uuid[], label_ids uuid[], presence card_presence,
        started_at timestamptz, completed_at timestamptz, stays jsonb
    )
    """
).bindparams(bindparam("steps", type_=JSONB))

_STORE_CHANGES = text(
    """
    WITH stored AS (
        INSERT INTO flow_days AS known (board_id, scope, scope_id, day, column_id, category, cards)
        SELECT :board_id, change.*
        FROM jsonb_to_recordset(:changes) AS change (
            scope flow_scope, scope_id uuid, day date, column_id uuid, category column_category, cards integer
        )
        ORDER BY 2, 3, 4, 5, 6
        ON CONFLICT (board_id, scope, scope_id, day, column_id, category)
        DO UPDATE SET cards = known.cards + excluded.cards
        RETURNING known.ctid, cards
    )
    SELECT ctid FROM stored WHERE cards = 0
    """
).bindparams(bindparam("changes", type_=JSONB))
"""Where changes cancelled out, it gives the place of the row: it stays there until the transaction ends."""

_FORGET_CHANGES = text("DELETE FROM flow_days WHERE ctid = ANY(CAST(:places AS tid[]))")

Change = tuple[Scope, UUID, date, Place]
"""In which scope, on which day and where the number of cards changed."""


async def lock_rollup(session: AsyncSession, board_id: UUID) -> tuple[BoardRollup, str] | None:
    """The rollup of a board, made if there is none, and the time zone of its workspace; None without the board.

    Whoever has it is the only one who folds the board's log.
    """
    locked = _rollup(board_id).with_for_update(of=BoardRollup)
    found = (await session.execute(locked)).one_or_none()
    if found is None:
        await _begin(session, board_id)
        found = (await session.execute(locked)).one_or_none()
    return None if found is None else (found[0], found[1])


async def _begin(session: AsyncSession, board_id: UUID) -> None:
    known = literal(known_as_json(Known()), JSONB)
    fresh = (
        select(Board.id, Board.workspace_id, Workspace.time_zone, known)
        .join(Workspace, Workspace.id == Board.workspace_id)
        .where(Board.id == board_id)
    )
    names = ["board_id", "workspace_id", "time_zone", "known"]
    await session.execute(insert(BoardRollup).from_select(names, fresh).on_conflict_do_nothing())


def _rollup(board_id: UUID) -> Select[BoardRollup, str]:
    return (
        select(BoardRollup, Workspace.time_zone)
        .join(Workspace, Workspace.id == BoardRollup.workspace_id)
        .where(BoardRollup.board_id == board_id)
    )


def known_of(rollup: BoardRollup) -> Known:
    """What is known of a board besides its cards."""
    return _KNOWN.validate_python(rollup.known)


def known_as_json(known: Known) -> dict[str, Any]:
    """The same as it is stored."""
    stored: dict[str, Any] = _KNOWN.dump_python(known, mode="json")
    return stored


async def log_part(
    session: AsyncSession, board_id: UUID, *, after: int, upto: int
) -> list[tuple[int, Entry]]:
    """What charts ask of a board's log behind a version, up to another: by versions, in their order."""
    bounds = {"board_id": board_id, "after": after, "upto": upto}
    rows = await session.execute(_LOG, {**bounds, "asked_for": sorted(ASKED_FOR)})
    return [(version, Entry(at, kind, by, data)) for version, at, kind, by, data in rows]


async def store_steps(session: AsyncSession, board_id: UUID, cards: Collection[CardFold]) -> None:
    """Store what was added to cards."""
    known = [card.id for card in cards if card.known is not None]
    if known:
        await session.execute(
            delete(CardStep).where(
                CardStep.board_id == board_id,
                is_among(CardStep.card_id, known),
                CardStep.until == text("'infinity'"),
            )
        )
    rows = [row for card in cards for row in _rows(card.history)]
    if rows:
        await session.execute(_STORE_STEPS, {"board_id": board_id, "steps": rows})


def _rows(card: CardHistory) -> Iterator[dict[str, Any]]:
    for step, ended_at in card.stretches():
        yield {
            "card_id": str(card.card_id),
            "created_at": card.created_at.isoformat(),
            "at": step.at.isoformat(),
            "until": _time(ended_at) or "infinity",
            "by": _text(step.by),
            "column_id": str(step.column_id),
            "category": step.category.value,
            "points": step.points,
            "sprint_id": _text(step.sprint_id),
            "assignee_ids": sorted(map(str, step.assignee_ids)),
            "label_ids": sorted(map(str, step.label_ids)),
            "presence": step.presence.value,
            "started_at": _time(step.started_at),
            "completed_at": _time(step.completed_at),
            "stays": {
                str(column_id): time // _MICROSECOND
                for column_id, time in time_in_columns(card, step.at).items()
            },
        }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


async def store_changes(
    session: AsyncSession, board_id: UUID, changes: Mapping[Change, int]
) -> None:
    """Add what changed to what is known of the days; what cancels out there is nothing to know."""
    rows = [
        {
            "scope": scope.value,
            "scope_id": str(scope_id),
            "day": day.isoformat(),
            "column_id": str(column_id),
            "category": category.value,
            "cards": cards,
        }
        for (scope, scope_id, day, (column_id, category)), cards in changes.items()
        if cards
    ]
    if not rows:
        return
    stored = await session.scalars(_STORE_CHANGES, {"board_id": board_id, "changes": rows})
    if cancelled := stored.all():
        await session.execute(_FORGET_CHANGES, {"places": cancelled})


async def rollup_of(session: AsyncSession, board_id: UUID) -> tuple[BoardRollup, str] | None:
    """The rollup of a board, as far as it goes, and the time zone of its workspace; None if there is none yet."""
    found = (await session.execute(_rollup(board_id))).one_or_none()
    return None if found is None else (found[0], found[1])


@dataclass(frozen=True, slots=True)
class Lag:
    """A board whose log goes on behind what is folded of it, or whose days are others now."""

    board_id: UUID
    version: int
    folded: int


async def boards_behind(session: AsyncSession, limit: int) -> list[Lag]:
    """Boards for which there is something to fold; those that lack least come first."""
    folded = func.coalesce(BoardRollup.version, 0)
    lack = Board.version - folded
    query = (
        select(Board.id, Board.version, folded)
        .join(Workspace, Workspace.id == Board.workspace_id)
        .outerjoin(BoardRollup, BoardRollup.board_id == Board.id)
        .where(
            or_(
                lack > 0,
                BoardRollup.time_zone != Workspace.time_zone,
                BoardRollup.counted_at.is_not(None),
            )
        )
        .order_by(lack, Board.id)
        .limit(limit)
    )
    return [Lag(*row) for row in await session.execute(query)]


async def all_boards(session: AsyncSession) -> list[UUID]:
    """The ids of all boards."""
    return list(await session.scalars(select(Board.id).order_by(Board.id)))


async def version_of(session: AsyncSession, board_id: UUID) -> int | None:
    """Up to where a board's log goes; None without the board."""
    return (await session.scalars(select(Board.version).where(Board.id == board_id))).one_or_none()


async def count_rows(session: AsyncSession, board_id: UUID) -> int:
    """How many rows are kept of a board."""
    steps = select(func.count()).where(CardStep.board_id == board_id).scalar_subquery()
    days = select(func.count()).where(FlowChange.board_id == board_id).scalar_subquery()
    count: int = (await session.scalars(select(steps + days))).one()
    return count


async def forget_days(session: AsyncSession, board_id: UUID) -> None:
    """Forget the days of a board."""
    await session.execute(delete(FlowChange).where(FlowChange.board_id == board_id))


async def forget(session: AsyncSession, board_id: UUID) -> None:
    """Forget all that is folded of a board."""
    await session.execute(delete(BoardRollup).where(BoardRollup.board_id == board_id))
