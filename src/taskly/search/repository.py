"""Every query that lists cards by filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardColumn, RankText
from taskly.cards.models import Card, CardAssignee, CardComment, CardLabel
from taskly.search.filters_repository import Filters
from taskly.search.rules.query import Query
from taskly.search.words_repository import WORDS_OF_COMMENT, sought_keys, sought_words
from taskly.workspaces.models import WorkspaceMember

LONGEST_READ = 20_000
"""Characters of a long text in which words are marked."""
RANK_UNITS = 1_000_000
"""A rank as a whole number, so that it can stand in a cursor."""
EPOCH, NEVER = date(1900, 1, 1), date(3000, 1, 1)
"""No card is due before the one; cards without a due date count as due on the other."""

_PEOPLE = (
    select(CardAssignee.user_id)
    .where(CardAssignee.card_id == Card.id)
    .order_by(CardAssignee.user_id)
)
_LABELS = (
    select(CardLabel.label_id).where(CardLabel.card_id == Card.id).order_by(CardLabel.label_id)
)
_LISTED = (
    Card.id,
    (Board.key + "-" + cast(Card.number, RankText)).label("key"),
    Card.title,
    Card.workspace_id,
    Card.board_id,
    Board.name.label("board_name"),
    Card.column_id,
    BoardColumn.name.label("column_name"),
    BoardColumn.category,
    Card.priority,
    Card.story_points,
    Card.due_date,
    Card.sprint_id,
    func.array(_PEOPLE.scalar_subquery()).label("assignee_ids"),
    func.array(_LABELS.scalar_subquery()).label("label_ids"),
    Card.started_at,
    Card.completed_at,
    Card.archived_at,
    Card.created_at,
    Card.updated_at,
    Card.version,
)

CardRow = Row[*tuple[Any, ...]]
"""A card as `ListedCard` shows it, and beside it its place in the list."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a found card stands: those called by their key first, then by rank, then the newest."""

    is_called: int
    rank: int
    id: UUID


def in_workspace(asker: UUID, workspace_id: UUID) -> Filters:
    """Filters of the cards of a workspace."""
    return Filters(asker, Card.workspace_id == _any(workspace_id), workspace_id=workspace_id)


def on_board(asker: UUID, board_id: UUID) -> Filters:
    """Filters of the cards of a board."""
    return Filters(asker, Card.board_id == _any(board_id), heeds_archived_boards=False)


def _any(id_: UUID) -> ScalarSelect[UUID]:
    """The id, so that PostgreSQL plans for a workspace or board of common size.

    Of one that the statistics don't know yet, because it was imported or filled since they were taken, PostgreSQL
    would expect a card or two, and join thousands one by one.
    """
    return select(literal(id_, Uuid())).scalar_subquery()


def of_asker(asker: UUID) -> Filters:
    """Filters of the cards that the asker works on, in all workspaces that they are in."""
    theirs = select(CardAssignee.card_id).where(CardAssignee.user_id == asker)
    at_home = select(WorkspaceMember.workspace_id).where(WorkspaceMember.user_id == asker)
    return Filters(asker, and_(Card.id.in_(theirs), Card.workspace_id.in_(at_home)))


def search_statement(
    filters: Filters, query: Query, *, after: Spot | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The statement that finds cards: first which ones, then what is shown of them."""
    found = _ranked(filters, query, after, limit).subquery("found")
    words = sought_words(query)
    texts = [] if words is None else _texts()
    statement = (
        _listing(*texts, found.c.is_called, found.c.rank)
        .join(found, found.c.id == Card.id)
        .order_by(found.c.is_called.desc(), found.c.rank.desc(), found.c.id.desc())
    )
    return statement if words is None else _with_comment(statement, words)


def _texts() -> list[ColumnElement[str]]:
    return [
        func.left(text, LONGEST_READ).label(f"{text.key}_text")
        for text in (Card.description, Card.acceptance_criteria)
    ]


def _with_comment(
    statement: Select[*tuple[Any, ...]], words: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """With each card its newest comment that has any of the words."""
    comment = (
        select(CardComment.id, func.left(CardComment.body, LONGEST_READ).label("text"))
        .where(CardComment.card_id == Card.id, WORDS_OF_COMMENT.op("@@")(words))
        .order_by(CardComment.id.desc())
        .limit(1)
        .lateral("comment")
    )
    columns = comment.c.id.label("comment_id"), comment.c.text.label("comment_text")
    return statement.add_columns(*columns).outerjoin(comment, true())


def _ranked(
    filters: Filters, query: Query, after: Spot | None, limit: int
) -> Select[*tuple[Any, ...]]:
    words = sought_words(query)
    if words is None:
        return _newest(filters, query, after, limit)
    rank = cast(func.ts_rank(Card.search, words) * RANK_UNITS, BigInteger)
    every = (
        select(Card.id, cast(sought_keys(query), Integer).label("is_called"), rank.label("rank"))
        .join(Board, Board.id == Card.board_id)
        .where(filters.where(query))
        .subquery("every")
    )
    spot = (every.c.is_called, every.c.rank, every.c.id)
    page = select(*spot).order_by(*(each.desc() for each in spot)).limit(limit)
    if after is not None:
        bounds = (_number(after.is_called), _number(after.rank), literal(after.id, Uuid()))
        page = page.where(tuple_(*spot) < tuple_(*bounds))
    return page


def _newest(
    filters: Filters, query: Query, after: Spot | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """Without words there is nothing to rank, and an index is read from its end."""
    page = (
        select(Card.id, literal(0).label("is_called"), literal(0).label("rank"))
        .join(Board, Board.id == Card.board_id)
        .where(filters.where(query))
        .order_by(Card.id.desc())
        .limit(limit)
    )
    return page if after is None else page.where(Card.id < after.id)


async def found_cards(
    session: AsyncSession, filters: Filters, query: Query, *, after: Spot | None, limit: int
) -> Sequence[CardRow]:
    """Cards by rank: see `Spot`."""
    statement = search_statement(filters, query, after=after, limit=limit)
    return (await session.execute(statement)).all()


def board_statement(
    filters: Filters, query: Query, *, after: tuple[str, str] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The statement behind `cards_in_board_order`."""
    spot = (BoardColumn.rank, Card.rank)
    statement = (
        _listing(BoardColumn.rank.label("column_rank"), Card.rank.label("rank"))
        .where(filters.where(query))
        .order_by(*spot)
        .limit(limit)
    )
    if after is not None:
        bounds = [literal(each, RankText) for each in after]
        statement = statement.where(tuple_(*spot) > tuple_(*bounds))
    return statement


async def cards_in_board_order(
    session: AsyncSession,
    filters: Filters,
    query: Query,
    *,
    after: tuple[str, str] | None,
    limit: int,
) -> Sequence[CardRow]:
    """Cards of a board, column by column from top to bottom, from behind two ranks on."""
    statement = board_statement(filters, query, after=after, limit=limit)
    return (await session.execute(statement)).all()


def due_statement(
    filters: Filters, query: Query, *, after: tuple[int, UUID] | None, limit: int
) -> Select[*tuple[Any, ...]]:
    """The statement behind `cards_by_due_date`."""
    due = func.coalesce(Card.due_date, literal(NEVER, Date()))
    day = due.op("-", return_type=BigInteger())(literal(EPOCH, Date()))
    statement = (
        _listing(day.label("day")).where(filters.where(query)).order_by(day, Card.id).limit(limit)
    )
    if after is not None:
        bounds = (_number(after[0]), literal(after[1], Uuid()))
        statement = statement.where(tuple_(day, Card.id) > tuple_(*bounds))
    return statement


async def cards_by_due_date(
    session: AsyncSession,
    filters: Filters,
    query: Query,
    *,
    after: tuple[int, UUID] | None,
    limit: int,
) -> Sequence[CardRow]:
    """Cards by due date, those without one last; from behind a day, counted from `EPOCH`, and a card on."""
    statement = due_statement(filters, query, after=after, limit=limit)
    return (await session.execute(statement)).all()


def _listing(*extras: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*_LISTED, *extras)
        .join(Board, Board.id == Card.board_id)
        .join(BoardColumn, BoardColumn.id == Card.column_id)
    )


def _number(value: int) -> BindParameter[int]:
    """A number of a cursor, which may be any that has 64 bits."""
    return literal(value, BigInteger())
