"""What plans show of a board, in one statement, so that all of it is of one moment."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import Board, BoardColumn
from taskly.cards.models import Card, CardAssignee, CardDependency
from taskly.planning.rules.plan import BoardPlan
from taskly.search.filters_repository import Filters
from taskly.search.repository import on_board
from taskly.search.rules.query import EVERYTHING, Query
from taskly.sprints.models import Sprint, SprintAbsence
from taskly.users.models import User
from taskly.workspaces.models import Workspace, WorkspaceMember

MOST_SPRINTS = 100

_PLAN = TypeAdapter(BoardPlan)
_NAME = func.coalesce(func.nullif(User.name, ""), User.login)


def plan_statement(
    board_id: UUID, since: date, filters: Filters, query: Query
) -> Select[*tuple[Any, ...]]:
    """The statement behind `board_plan`."""
    plan = func.json_build_object(
        "version",
        Board.version,
        "time_zone",
        Workspace.time_zone,
        "sprints",
        _listed(_sprints(board_id, since)),
        "cards",
        _listed(_cards(board_id, since, filters.where(query))),
        "waits",
        _listed(_waits(board_id)),
        "people",
        _listed(_people(board_id)),
    )
    return (
        select(cast(plan, Text))
        .join(Workspace, Workspace.id == Board.workspace_id)
        .where(Board.id == board_id)
    )


async def board_plan(
    session: AsyncSession, board_id: UUID, asker: UUID, since: date, query: Query = EVERYTHING
) -> BoardPlan | None:
    """A board's sprints that end on a day or later or are under way, with their cards, and its backlog.

    None if the board is gone.
    """
    statement = plan_statement(board_id, since, on_board(asker, board_id), query)
    found = await session.scalar(statement)
    return None if found is None else _PLAN.validate_json(found)


def _listed(rows: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    item = rows.subquery("item")
    every = select(func.json_agg(item.table_valued())).correlate(None).scalar_subquery()
    return func.coalesce(every, literal_column("'[]'::json"))


def _shown(board_id: UUID, since: date) -> Sequence[ColumnElement[bool]]:
    is_under_way = and_(Sprint.started_at.is_not(None), Sprint.completed_at.is_(None))
    return (
        Sprint.board_id == board_id,
        Sprint.deleted_at.is_(None),
        or_(Sprint.ends_on >= since, is_under_way),
    )


def _sprints(board_id: UUID, since: date) -> Select[*tuple[Any, ...]]:
    days_off = (
        select(func.json_object_agg(SprintAbsence.user_id, SprintAbsence.days_off))
        .where(SprintAbsence.sprint_id == Sprint.id)
        .correlate(Sprint)
        .scalar_subquery()
    )
    return (
        select(
            Sprint.id,
            Sprint.name,
            Sprint.goal,
            Sprint.starts_on,
            Sprint.ends_on,
            Sprint.capacity,
            Sprint.started_at,
            Sprint.completed_at,
            func.coalesce(days_off, literal_column("'{}'::json")).label("days_off"),
        )
        .where(*_shown(board_id, since))
        .order_by(Sprint.starts_on, Sprint.id)
        .limit(MOST_SPRINTS)
    )


def _cards(board_id: UUID, since: date, asked_for: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Archived cards count to their sprint if they are done; the backlog is what is left to do."""
    assignees = (
        select(CardAssignee.user_id)
        .where(CardAssignee.card_id == Card.id)
        .order_by(CardAssignee.user_id)
        .correlate(Card)
        .scalar_subquery()
    )
    is_open = and_(Card.completed_at.is_(None), Card.archived_at.is_(None))
    in_sprint = and_(
        Card.sprint_id.in_(_sprints(board_id, since).with_only_columns(Sprint.id)),
        or_(Card.archived_at.is_(None), Card.completed_at.is_not(None)),
    )
    return (
        select(
            Card.id,
            Card.number,
            Card.title,
            Card.column_id,
            BoardColumn.category,
            Card.priority,
            Card.story_points,
            Card.due_date,
            Card.sprint_id,
            Card.completed_at.is_not(None).label("is_done"),
            asked_for.label("matches"),
            func.array(assignees).label("assignee_ids"),
        )
        .join(Board, Board.id == Card.board_id)
        .join(BoardColumn, BoardColumn.id == Card.column_id)
        .where(
            Card.board_id == board_id,
            Card.deleted_at.is_(None),
            or_(in_sprint, and_(Card.sprint_id.is_(None), is_open)),
        )
        .order_by(Card.priority.desc(), BoardColumn.rank, Card.rank)
    )


def _waits(board_id: UUID) -> Select[*tuple[Any, ...]]:
    blocker, blocked = aliased(Card), aliased(Card)
    earlier, later = aliased(Sprint), aliased(Sprint)
    return (
        select(
            _end(blocker, earlier).label("blocker"),
            _end(blocked, later).label("blocked"),
        )
        .select_from(CardDependency)
        .join(blocker, blocker.id == CardDependency.blocker_id)
        .join(blocked, blocked.id == CardDependency.blocked_id)
        .outerjoin(earlier, earlier.id == blocker.sprint_id)
        .outerjoin(later, later.id == blocked.sprint_id)
        .where(
            CardDependency.board_id == board_id,
            blocker.deleted_at.is_(None),
            blocked.deleted_at.is_(None),
        )
        .order_by(blocked.number, blocker.number)
    )


def _end(card: type[Card], sprint: type[Sprint]) -> ColumnElement[Any]:
    return func.json_build_object(
        "id",
        card.id,
        "number",
        card.number,
        "is_settled",
        or_(card.completed_at.is_not(None), card.archived_at.is_not(None)),
        "sprint_id",
        card.sprint_id,
        "ends_on",
        sprint.ends_on,
        "started_at",
        sprint.started_at,
        "completed_at",
        sprint.completed_at,
    )


def _people(board_id: UUID) -> Select[*tuple[Any, ...]]:
    home = select(Board.workspace_id).where(Board.id == board_id).scalar_subquery()
    return (
        select(User.id, _NAME.label("name"), WorkspaceMember.capacity)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(WorkspaceMember.workspace_id == home)
        .order_by(_NAME, User.id)
    )
