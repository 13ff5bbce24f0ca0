"""What plans show of a board, in one statement, so that all of it is of one moment."""

from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import Board, BoardColumn
from taskly.cards.models import Card, CardDependency
from taskly.planning.rules.plan import BoardPlan
from taskly.search.filters_repository import Filters
from taskly.search.repository import on_board
from taskly.search.rules.query import EVERYTHING, Query
from taskly.sprints.capacity_repository import ASSIGNEES, NAME
from taskly.sprints.models import Sprint, SprintAbsence, SprintCapacity
from taskly.users.models import User
from taskly.workspaces.models import Workspace, WorkspaceMember

MOST_SPRINTS = 100

_PLAN = TypeAdapter(BoardPlan)


def _listed(rows: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    item = rows.subquery("item")
    every = select(func.json_agg(item.table_valued())).correlate(None).scalar_subquery()
    return func.coalesce(every, literal_column("'[]'::json"))


_BOARD = bindparam("board_id", type_=Uuid())
_SINCE = bindparam("since", type_=Date())
_SHOWN = (
    Sprint.board_id == _BOARD,
    Sprint.deleted_at.is_(None),
    or_(
        Sprint.ends_on >= _SINCE,
        and_(Sprint.started_at.is_not(None), Sprint.completed_at.is_(None)),
    ),
)
_DAYS_OFF = (
    select(func.json_object_agg(SprintAbsence.user_id, SprintAbsence.days_off))
    .where(SprintAbsence.sprint_id == Sprint.id)
    .correlate(Sprint)
    .scalar_subquery()
)
_CAPACITIES = (
    select(func.json_object_agg(SprintCapacity.user_id, SprintCapacity.points))
    .where(SprintCapacity.sprint_id == Sprint.id)
    .correlate(Sprint)
    .scalar_subquery()
)
_SPRINTS = (
    select(
        Sprint.id,
        Sprint.name,
        Sprint.goal,
        Sprint.starts_on,
        Sprint.ends_on,
        Sprint.capacity,
        Sprint.started_at,
        Sprint.completed_at,
        func.coalesce(_DAYS_OFF, literal_column("'{}'::json")).label("days_off"),
        func.coalesce(_CAPACITIES, literal_column("'{}'::json")).label("capacities"),
    )
    .where(*_SHOWN)
    .order_by(Sprint.starts_on, Sprint.id)
    .limit(MOST_SPRINTS)
)

# Archived cards count to their sprint if they are done; the backlog is what is left to do.
_COUNTS = or_(
    and_(
        Card.sprint_id.in_(_SPRINTS.with_only_columns(Sprint.id)),
        or_(Card.archived_at.is_(None), Card.completed_at.is_not(None)),
    ),
    and_(Card.sprint_id.is_(None), Card.completed_at.is_(None), Card.archived_at.is_(None)),
)
_CARDS = (
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
        func.array(ASSIGNEES).label("assignee_ids"),
    )
    .join(Board, Board.id == Card.board_id)
    .join(BoardColumn, BoardColumn.id == Card.column_id)
    .where(Card.board_id == _BOARD, Card.deleted_at.is_(None), _COUNTS)
    .order_by(Card.priority.desc(), BoardColumn.rank, Card.rank)
)


def _end(card: type[Card], sprint: type[Sprint]) -> ColumnElement[Any]:
    is_settled = or_(card.completed_at.is_not(None), card.archived_at.is_not(None))
    fields = {
        "id": card.id,
        "number": card.number,
        "is_settled": is_settled,
        "sprint_id": card.sprint_id,
        "ends_on": sprint.ends_on,
        "started_at": sprint.started_at,
        "completed_at": sprint.completed_at,
    }
    return func.json_build_object(*chain.from_iterable(fields.items()))


_blocker, _blocked = aliased(Card), aliased(Card)
_earlier, _later = aliased(Sprint), aliased(Sprint)
_WAITS = (
    select(_end(_blocker, _earlier).label("blocker"), _end(_blocked, _later).label("blocked"))
    .select_from(CardDependency)
    .join(_blocker, _blocker.id == CardDependency.blocker_id)
    .join(_blocked, _blocked.id == CardDependency.blocked_id)
    .outerjoin(_earlier, _earlier.id == _blocker.sprint_id)
    .outerjoin(_later, _later.id == _blocked.sprint_id)
    .where(
        CardDependency.board_id == _BOARD,
        _blocker.deleted_at.is_(None),
        _blocked.deleted_at.is_(None),
    )
    .order_by(_blocked.number, _blocker.number)
)

_HOME = select(Board.workspace_id).where(Board.id == _BOARD).scalar_subquery()
_PEOPLE = (
    select(User.id, NAME.label("name"), WorkspaceMember.capacity)
    .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
    .where(WorkspaceMember.workspace_id == _HOME)
    .order_by(NAME, User.id)
)
_LISTS = {
    "sprints": _listed(_SPRINTS),
    "waits": _listed(_WAITS),
    "people": _listed(_PEOPLE),
}
"""What does not depend on the question is put together once: that takes longer than to read a small board."""


def plan_statement(filters: Filters, query: Query) -> Select[*tuple[Any, ...]]:
    """The statement behind `board_plan`."""
    cards = _CARDS.add_columns(filters.where(query).label("matches"))
    fields = {
        "version": Board.version,
        "time_zone": Workspace.time_zone,
        "cards": _listed(cards),
        **_LISTS,
    }
    return (
        select(cast(func.json_build_object(*chain.from_iterable(fields.items())), Text))
        .join(Workspace, Workspace.id == Board.workspace_id)
        .where(Board.id == _BOARD)
    )


async def board_plan(
    session: AsyncSession, board_id: UUID, asker: UUID, since: date, query: Query = EVERYTHING
) -> BoardPlan | None:
    """A board's sprints that end on a day or later or are under way, with their cards, and its backlog.

    None if the board is gone.
    """
    statement = plan_statement(on_board(asker, board_id), query)
    found = await session.scalar(statement, {"board_id": board_id, "since": since})
    return None if found is None else _PLAN.validate_json(found)
