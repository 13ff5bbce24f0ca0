"""Every query about cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardAccess
from taskly.boards.repository import RFC3339, SnapshotPart
from taskly.cards.models import Card, CardAccess, CardAssignee, CardLabel
from taskly.platform.events.models import Event
from taskly.workspaces.models import Role, WorkspaceMember

CARDS = SnapshotPart(
    "cards",
    f"""
    SELECT json_agg(row_to_json(item) ORDER BY item.column_id, item.rank) FROM (
        SELECT
            id, number, column_id, rank, title, description, acceptance_criteria, priority,
            story_points, due_date, sprint_id,
            ARRAY(
                SELECT user_id FROM card_assignees WHERE card_id = cards.id ORDER BY user_id
            ) AS assignee_ids,
            ARRAY(
                SELECT label_id FROM card_labels WHERE card_id = cards.id ORDER BY label_id
            ) AS label_ids,
            to_char(started_at AT TIME ZONE 'UTC', '{RFC3339}') AS started_at,
            to_char(completed_at AT TIME ZONE 'UTC', '{RFC3339}') AS completed_at,
            NULL AS archived_at,
            to_char(created_at AT TIME ZONE 'UTC', '{RFC3339}') AS created_at,
            to_char(updated_at AT TIME ZONE 'UTC', '{RFC3339}') AS updated_at,
            version
        FROM cards WHERE board_id = boards.id AND archived_at IS NULL
    ) AS item
    """,  # noqa: S608 - a constant of our own
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a card is to go: the ranks between which it has to lie."""

    low: str | None
    high: str | None


async def card_access(
    session: AsyncSession, card_id: UUID, user_id: UUID, *, lock: bool = False
) -> CardAccess | None:
    """The card with its board and the person's role; None for outsiders.

    `lock` takes the board's lock, then the card's. PostgreSQL reads both rows again after waiting
    for the locks, so what comes back is the present state, in one round trip.
    """
    query = _with_board(user_id).where(Card.id == card_id)
    if lock:
        query = query.with_for_update(of=[Board, Card], key_share=True)
    return _access((await session.execute(query)).one_or_none())


async def card_access_by_key(
    session: AsyncSession, workspace_id: UUID, key: str, number: int, user_id: UUID
) -> CardAccess | None:
    """The card that people call `key-number`; None for outsiders."""
    query = _with_board(user_id).where(
        Board.workspace_id == workspace_id, Board.key == key, Card.number == number
    )
    return _access((await session.execute(query)).one_or_none())


async def card_for_taskly(session: AsyncSession, card_id: UUID) -> CardAccess | None:
    """The card for a change that Taskly makes by itself, with its board locked."""
    query = (
        select(Card, *_BOARD, literal(Role.ADMIN))
        .join(Board, Board.id == Card.board_id)
        .where(Card.id == card_id)
        .with_for_update(of=[Board, Card], key_share=True)
    )
    return _access((await session.execute(query)).one_or_none())


async def assignees_of(session: AsyncSession, card_id: UUID) -> list[UUID]:
    """The people on a card, in the order of their ids."""
    return list(
        await session.scalars(
            select(CardAssignee.user_id)
            .where(CardAssignee.card_id == card_id)
            .order_by(CardAssignee.user_id)
        )
    )


async def labels_of(session: AsyncSession, card_id: UUID) -> list[UUID]:
    """The labels on a card, in the order of their ids."""
    return list(
        await session.scalars(
            select(CardLabel.label_id)
            .where(CardLabel.card_id == card_id)
            .order_by(CardLabel.label_id)
        )
    )


async def replace_assignees(session: AsyncSession, card: Card, user_ids: Sequence[UUID]) -> None:
    """Put exactly these people on a card."""
    await session.execute(delete(CardAssignee).where(CardAssignee.card_id == card.id))
    if user_ids:
        await session.execute(
            insert(CardAssignee),
            [
                {"card_id": card.id, "user_id": user_id, "workspace_id": card.workspace_id}
                for user_id in user_ids
            ],
        )


async def replace_labels(session: AsyncSession, card: Card, label_ids: Sequence[UUID]) -> None:
    """Put exactly these labels on a card."""
    await session.execute(delete(CardLabel).where(CardLabel.card_id == card.id))
    if label_ids:
        await session.execute(
            insert(CardLabel),
            [
                {"card_id": card.id, "label_id": label_id, "workspace_id": card.workspace_id}
                for label_id in label_ids
            ],
        )


async def take_card_number(session: AsyncSession, board_id: UUID) -> int:
    """The number of the board's next card. Numbers are never given twice, also not after a delete."""
    following = await session.scalar(
        update(Board)
        .where(Board.id == board_id)
        .values(next_card_number=Board.next_card_number + 1)
        .returning(Board.next_card_number)
    )
    if following is None:
        raise LookupError(f"board {board_id} is gone")
    return following - 1


async def anchor(
    session: AsyncSession, board_id: UUID, card_id: UUID
) -> Row[tuple[UUID, str]] | None:
    """Column and rank of the card beside which another is to be put, if it is on the board."""
    return (
        await session.execute(
            select(Card.column_id, Card.rank).where(
                Card.id == card_id, Card.board_id == board_id, Card.archived_at.is_(None)
            )
        )
    ).one_or_none()


async def gap_after(
    session: AsyncSession, column_id: UUID, rank: str | None, *, without: UUID | None
) -> Gap:
    """The gap directly after `rank` (None: at the top) in a column, as if `without` were not there."""
    query = select(func.min(Card.rank)).where(Card.column_id == column_id)
    if rank is not None:
        query = query.where(Card.rank > rank)
    return Gap(rank, await session.scalar(_leaving_out(query, without)))


async def gap_before(
    session: AsyncSession, column_id: UUID, rank: str, *, without: UUID | None
) -> Gap:
    """The gap directly before `rank` in a column, as if `without` were not there."""
    query = select(func.max(Card.rank)).where(Card.column_id == column_id, Card.rank < rank)
    return Gap(await session.scalar(_leaving_out(query, without)), rank)


async def gap_at_end(session: AsyncSession, column_id: UUID, *, without: UUID | None) -> Gap:
    """The gap behind the last card of a column, as if `without` were not there."""
    query = select(func.max(Card.rank)).where(Card.column_id == column_id)
    return Gap(await session.scalar(_leaving_out(query, without)), None)


async def rank_at(
    session: AsyncSession, column_id: UUID, position: int, *, without: UUID | None
) -> str | None:
    """The rank of the card at a position, archived cards and `without` not counted; None past the end."""
    query = (
        select(Card.rank)
        .where(Card.column_id == column_id, Card.archived_at.is_(None))
        .order_by(Card.rank)
        .offset(position)
        .limit(1)
    )
    return await session.scalar(_leaving_out(query, without))


async def position_of(session: AsyncSession, card: Card) -> int:
    """How many cards stand above this one in its column."""
    above = await session.scalar(
        select(func.count())
        .select_from(Card)
        .where(Card.column_id == card.column_id, Card.rank < card.rank, Card.archived_at.is_(None))
    )
    return above or 0


async def ranks_of_column(session: AsyncSession, column_id: UUID) -> list[tuple[UUID, str]]:
    """All cards of a column, archived ones included, in order."""
    rows = await session.execute(
        select(Card.id, Card.rank).where(Card.column_id == column_id).order_by(Card.rank)
    )
    return [(row.id, row.rank) for row in rows]


async def set_ranks(session: AsyncSession, ranks: Sequence[dict[str, Any]]) -> None:
    """Write new ranks: rows of `card_id`, `new_rank` and `version`."""
    fresh = (
        func.unnest(
            bindparam("ids", [row["card_id"] for row in ranks]),
            bindparam("ranks", [row["new_rank"] for row in ranks]),
            bindparam("versions", [row["version"] for row in ranks]),
        )
        .table_valued("card_id", "new_rank", "version", name="fresh")
        .render_derived()
    )
    await session.execute(
        update(Card)
        .where(Card.id == fresh.c.card_id)
        .values(rank=fresh.c.new_rank, version=fresh.c.version)
        .execution_options(synchronize_session=False)
    )


async def timeline(
    session: AsyncSession, card: Card, *, before: int | None, limit: int
) -> Sequence[Event]:
    """The card's events, newest first, from below version `before` on."""
    query = (
        select(Event)
        .where(Event.card_id == card.id, Event.stream_id == card.board_id)
        .order_by(Event.version.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Event.version < before)
    return (await session.scalars(query)).all()


_BOARD = (Board.id, Board.workspace_id, Board.key, Board.version, Board.archived_at)


def _with_board(user_id: UUID) -> Select[Any]:
    return (
        select(Card, *_BOARD, WorkspaceMember.role)
        .join(Board, Board.id == Card.board_id)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Board.workspace_id)
        .where(WorkspaceMember.user_id == user_id)
    )


def _access(row: Row[Any] | None) -> CardAccess | None:
    return None if row is None else CardAccess(row[0], BoardAccess(*row[1:]))


def _leaving_out(query: Select[tuple[Any]], card_id: UUID | None) -> Select[tuple[Any]]:
    return query if card_id is None else query.where(Card.id != card_id)
