"""Every query about cards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, exists, func, insert, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import Board, BoardAccess, BoardColumn
from taskly.boards.repository import RFC3339, SnapshotPart
from taskly.boards.rules import Category
from taskly.cards.events import CardArrived
from taskly.cards.key_repository import cards_called
from taskly.cards.models import Card, CardAccess, CardAssignee, CardDependency, CardLabel, Hanging
from taskly.platform.context import ActorKind
from taskly.platform.db.arrays import is_among
from taskly.platform.driver import RowReader
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
            ARRAY(
                SELECT blocker_id FROM card_dependencies
                WHERE blocked_id = cards.id ORDER BY blocker_id
            ) AS blocker_ids,
            checklist, attachments, comment_count,
            to_char(started_at AT TIME ZONE 'UTC', '{RFC3339}') AS started_at,
            to_char(completed_at AT TIME ZONE 'UTC', '{RFC3339}') AS completed_at,
            to_char(created_at AT TIME ZONE 'UTC', '{RFC3339}') AS created_at,
            to_char(updated_at AT TIME ZONE 'UTC', '{RFC3339}') AS updated_at,
            version
        FROM cards WHERE board_id = boards.id AND archived_at IS NULL
    ) AS item
    """,  # noqa: S608 - a constant of our own
)


async def boards_of_cards(hot: RowReader, card_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The board of each card that exists."""
    rows = await hot.fetch_rows(
        "SELECT id, board_id FROM cards WHERE id = ANY($1::uuid[])", card_ids
    )
    return {row["id"]: row["board_id"] for row in rows}


async def card_access(
    session: AsyncSession, card_id: UUID, user_id: UUID, *, lock: bool = False
) -> CardAccess | None:
    """The card with its board and the person's role; None for outsiders.

    `lock` takes the board's lock, then the card's, and keeps the person in the workspace in this role.
    PostgreSQL reads all three rows again after waiting for the locks, so what comes back is the present
    state, in one round trip. It would not for `FOR KEY SHARE`, with which another role is no conflict.
    """
    query = _with_board(user_id).where(Card.id == card_id)
    if lock:
        query = query.with_for_update(of=[Board, Card], key_share=True).suffix_with(
            text("FOR SHARE OF workspace_members")
        )
    return _access((await session.execute(query)).one_or_none())


async def card_access_by_key(
    session: AsyncSession, workspace_id: UUID, key: str, number: int, user_id: UUID
) -> CardAccess | None:
    """The card that people call `key-number`, or called so once; None for outsiders."""
    called = cards_called(workspace_id, [(key, number)]).subquery()
    query = _with_board(user_id).where(Card.id.in_(select(called.c[2])))
    return _access((await session.execute(query)).one_or_none())


async def card_for_taskly(session: AsyncSession, card_id: UUID) -> CardAccess | None:
    """The card for a change that Taskly makes by itself, with its board locked."""
    query = (
        select(Card, *_BOARD, literal(Role.ADMIN))
        .join(Board, Board.id == Card.board_id)
        .where(Card.id == card_id, Card.deleted_at.is_(None))
        .with_for_update(of=[Board, Card], key_share=True)
    )
    return _access((await session.execute(query)).one_or_none())


_ASSIGNEES = (
    select(CardAssignee.user_id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(CardAssignee.user_id)
    .correlate(Card)
    .scalar_subquery()
)
_LABELS = (
    select(CardLabel.label_id)
    .where(CardLabel.card_id == Card.id)
    .order_by(CardLabel.label_id)
    .correlate(Card)
    .scalar_subquery()
)
_BLOCKERS = (
    select(CardDependency.blocker_id)
    .where(CardDependency.blocked_id == Card.id)
    .order_by(CardDependency.blocker_id)
    .correlate(Card)
    .scalar_subquery()
)
_HANGING = (func.array(_ASSIGNEES), func.array(_LABELS), func.array(_BLOCKERS))


async def hanging_on(session: AsyncSession, card_ids: Collection[UUID]) -> dict[UUID, Hanging]:
    """What hangs on some cards."""
    rows = await session.execute(select(Card.id, *_HANGING).where(is_among(Card.id, card_ids)))
    return {row[0]: Hanging(*row[1:]) for row in rows}


async def hanging_of(session: AsyncSession, card_id: UUID) -> Hanging:
    """What hangs on a card."""
    return (await hanging_on(session, [card_id]))[card_id]


async def cards_of_column(session: AsyncSession, column_id: UUID) -> Sequence[Card]:
    """All cards of a column, archived ones included, from top to bottom."""
    query = (
        select(Card)
        .where(Card.column_id == column_id, Card.deleted_at.is_(None))
        .order_by(Card.rank)
    )
    return (await session.scalars(query)).all()


async def cards_shown(session: AsyncSession, board_id: UUID) -> Sequence[Card]:
    """The cards that a board shows, in the order of their numbers."""
    query = select(Card).where(Card.board_id == board_id, Card.archived_at.is_(None))
    return (await session.scalars(query.order_by(Card.number))).all()


async def categories_of(session: AsyncSession, board_id: UUID) -> dict[UUID, Category]:
    """The category of each column of a board."""
    query = select(BoardColumn.id, BoardColumn.category).where(BoardColumn.board_id == board_id)
    return {row.id: row.category for row in await session.execute(query)}


async def count_shown(session: AsyncSession, column_id: UUID) -> int:
    """How many cards a column shows."""
    found = await session.scalar(
        select(func.count()).where(Card.column_id == column_id, Card.archived_at.is_(None))
    )
    return found or 0


async def cards_with_label(session: AsyncSession, label_id: UUID) -> Sequence[Card]:
    """All cards with a label, archived ones included, in the order of their ids."""
    query = (
        select(Card)
        .join(CardLabel, CardLabel.card_id == Card.id)
        .where(CardLabel.label_id == label_id, Card.deleted_at.is_(None))
        .order_by(Card.id)
    )
    return (await session.scalars(query)).all()


async def remove_label(session: AsyncSession, label_id: UUID) -> None:
    """Take a label off all cards."""
    await session.execute(delete(CardLabel).where(CardLabel.label_id == label_id))


async def purge_cards(session: AsyncSession, *, deleted_before: datetime, limit: int) -> int:
    """Delete cards for good that were deleted long ago, with what hangs on them; how many."""
    old = (
        select(Card.id)
        .where(Card.deleted_at < deleted_before)
        .order_by(Card.deleted_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await session.scalars(old)).all()
    await session.execute(delete(Card).where(Card.id.in_(found)))
    return len(found)


async def purge_columns(session: AsyncSession, *, deleted_before: datetime) -> None:
    """Delete columns for good that were deleted long ago and that no card was in since."""
    is_used = exists().where(Card.column_id == BoardColumn.id)
    await session.execute(
        delete(BoardColumn).where(BoardColumn.deleted_at < deleted_before, ~is_used)
    )


async def cards_of_outsider(session: AsyncSession, workspace_id: UUID, user_id: UUID) -> list[UUID]:
    """The cards that still name somebody who is not in the workspace, board by board."""
    is_member = exists().where(
        WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id == user_id
    )
    rows = await session.scalars(
        select(CardAssignee.card_id)
        .join(Card, Card.id == CardAssignee.card_id)
        .where(
            CardAssignee.workspace_id == workspace_id, CardAssignee.user_id == user_id, ~is_member
        )
        .order_by(Card.board_id, Card.id)
    )
    return list(rows)


async def add_assignees(session: AsyncSession, card: Card, user_ids: Sequence[UUID]) -> None:
    """Put people on a card who are not on it."""
    rows = [
        {"card_id": card.id, "user_id": user_id, "workspace_id": card.workspace_id}
        for user_id in user_ids
    ]
    if rows:
        await session.execute(insert(CardAssignee), rows)


async def replace_assignees(session: AsyncSession, card: Card, user_ids: Sequence[UUID]) -> None:
    """Put exactly these people on a card."""
    await session.execute(delete(CardAssignee).where(CardAssignee.card_id == card.id))
    await add_assignees(session, card, user_ids)


async def add_labels(session: AsyncSession, card: Card, label_ids: Sequence[UUID]) -> None:
    """Put labels on a card that are not on it."""
    rows = [
        {"card_id": card.id, "label_id": label_id, "workspace_id": card.workspace_id}
        for label_id in label_ids
    ]
    if rows:
        await session.execute(insert(CardLabel), rows)


async def replace_labels(session: AsyncSession, card: Card, label_ids: Sequence[UUID]) -> None:
    """Put exactly these labels on a card."""
    await session.execute(delete(CardLabel).where(CardLabel.card_id == card.id))
    await add_labels(session, card, label_ids)


async def take_card_number(session: AsyncSession, board_id: UUID) -> int:
    """The number of the board's next card. Numbers are never given twice, also not after a delete."""
    return (await take_card_numbers(session, board_id, 1))[0]


async def take_card_numbers(session: AsyncSession, board_id: UUID, count: int) -> range:
    """The numbers of the board's next cards."""
    following = await session.scalar(
        update(Board)
        .where(Board.id == board_id)
        .values(next_card_number=Board.next_card_number + count)
        .returning(Board.next_card_number)
    )
    if following is None:
        raise LookupError(f"board {board_id} is gone")
    return range(int(following) - count, int(following))


@dataclass(frozen=True, slots=True)
class WholeCard:
    """A card with what hangs on it, all of one moment."""

    card: Card
    above: int
    """How many cards stand above it in its column."""
    hanging: Hanging


async def whole_card(session: AsyncSession, card_id: UUID) -> WholeCard | None:
    """A card with what hangs on it, read in one statement."""
    other = aliased(Card)
    above = select(func.count()).where(
        other.column_id == Card.column_id, other.rank < Card.rank, other.archived_at.is_(None)
    )
    row = (
        await session.execute(
            select(Card, above.scalar_subquery(), *_HANGING)
            .where(Card.id == card_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    return None if row is None else WholeCard(row[0], row[1], Hanging(*row[2:]))


async def text_at(session: AsyncSession, card: Card, name: str, version: int) -> str | None:
    """A text of a card as it was at a version of its board; None if it did not change since."""
    before = Event.data["before"]
    query = (
        select(before[name].astext)
        .where(
            Event.card_id == card.id,
            Event.stream_id == card.board_id,
            Event.version > version,
            before.has_key(name),
        )
        .order_by(Event.version)
        .limit(1)
    )
    return await session.scalar(query)


async def edits_of(
    session: AsyncSession, card: Card, name: str, since: datetime
) -> list[tuple[str, str]]:
    """What people made of a text of a card after a time, oldest first: what it was, and what it was then."""
    before, after = Event.data["before"], Event.data["after"]
    query = (
        select(before[name].astext, after[name].astext)
        .where(
            Event.card_id == card.id,
            Event.created_at > since,
            Event.actor_kind == ActorKind.USER,
            before.has_key(name),
            after.has_key(name),
        )
        .order_by(Event.id)
    )
    return [(was, now) for was, now in await session.execute(query)]


async def arrival_of(session: AsyncSession, card: Card) -> int | None:
    """The version of its board with which a card came from another one, if it did."""
    version: int | None = await session.scalar(
        select(func.max(Event.version)).where(
            Event.card_id == card.id,
            Event.stream_id == card.board_id,
            Event.type == CardArrived.type,
        )
    )
    return version


async def timeline(
    session: AsyncSession, card: Card, *, before: UUID | None, limit: int
) -> Sequence[Event]:
    """The card's events on all boards that it was on, newest first, from before that of an id on.

    Ids are in the order in which events were made. Each board has versions of its own.
    """
    query = (
        select(Event)
        .where(Event.card_id == card.id, Event.workspace_id == card.workspace_id)
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Event.id < before)
    return (await session.scalars(query)).all()


_BOARD = (
    Board.id,
    Board.workspace_id,
    Board.key,
    Board.version,
    Board.archived_at,
    Board.wip_policy,
)


def _with_board(user_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(Card, *_BOARD, WorkspaceMember.role)
        .join(Board, Board.id == Card.board_id)
        .join(WorkspaceMember, WorkspaceMember.workspace_id == Board.workspace_id)
        .where(WorkspaceMember.user_id == user_id, Card.deleted_at.is_(None))
    )


def _access(row: Row[*tuple[Any, ...]] | None) -> CardAccess | None:
    return None if row is None else CardAccess(row[0], BoardAccess(*row[1:]))
