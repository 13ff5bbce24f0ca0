"""Every query about what is known of a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card, CardAssignee
from taskly.platform.db.rows import as_json, stored_columns
from taskly.platform.events.models import Event
from taskly.platform.tables import Base
from taskly.privacy.holdings import HOLDINGS, Holding
from taskly.users.models import User
from taskly.workspaces.models import Workspace, WorkspaceInvitation, WorkspaceMember

SECRETS_OF_PEOPLE = frozenset({"github_token", "github_refresh_token"})


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the export: rows in the order of a key."""

    name: str
    rows: Callable[[UUID], Select[*tuple[Any, ...]]]
    """The rows of a person; to be narrowed, ordered and cut off."""
    key: ColumnElement[UUID]


def sections() -> list[Section]:
    """All parts, the person's own first."""
    held = [_of_holding(holding) for holding in HOLDINGS if holding.section is not None]
    return [_PROFILE, _WORKSPACES, _INVITATIONS, _CARDS, *held]


async def page_of(
    session: AsyncSession, section: Section, user_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The next rows of a section: the key of each, and the row as JSON."""
    rows = section.rows(user_id).order_by(section.key).limit(limit)
    if after is not None:
        rows = rows.where(section.key > after)
    return (await session.execute(as_json(rows, section.key.key or "id"))).all()


def _of_holding(holding: Holding) -> Section:
    table = Base.metadata.tables[holding.table]
    person = table.c[holding.by]
    key = next(column for column in table.primary_key if column is not person)

    def rows(user_id: UUID) -> Select[*tuple[Any, ...]]:
        columns = [
            _unless_outside(table, column, user_id)
            if column.name in holding.for_insiders
            else column
            for column in stored_columns(table, except_for=holding.hidden)
        ]
        return select(*columns).where(person == user_id)

    return Section(holding.section or "", rows, key)


def _unless_outside(table: Table, column: ColumnElement[Any], user_id: UUID) -> ColumnElement[Any]:
    """The column where the person is in the row's workspace; else nothing."""
    return case((table.c.workspace_id.in_(_inside(user_id)), column)).label(column.key)


def _inside(user_id: UUID) -> Select[UUID]:
    return select(WorkspaceMember.workspace_id).where(WorkspaceMember.user_id == user_id)


def _profile(user_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = stored_columns(_table(User), except_for=SECRETS_OF_PEOPLE)
    return select(*columns).where(User.id == user_id)


def _workspaces(user_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*_table(Workspace).columns).where(Workspace.id.in_(_inside(user_id)))


def _invitations(user_id: UUID) -> Select[*tuple[Any, ...]]:
    """Those that were sent to an address which is surely the person's."""
    address = func.lower(WorkspaceInvitation.email)
    own = select(func.lower(User.email)).where(User.id == user_id)
    verified = select(func.unnest(User.verified_emails)).where(User.id == user_id)
    columns = stored_columns(_table(WorkspaceInvitation), except_for=["token_hash"])
    return select(*columns).where(or_(address.in_(own), address.in_(verified)))


def _cards(user_id: UUID) -> Select[*tuple[Any, ...]]:
    """Those that the person made or is on, of workspaces in which they are."""
    made = select(Event.card_id).where(Event.actor_id == user_id, Event.type == "card.created")
    assigned = select(CardAssignee.card_id).where(CardAssignee.user_id == user_id)
    return select(*stored_columns(_table(Card))).where(
        or_(Card.id.in_(made), Card.id.in_(assigned)),
        Card.workspace_id.in_(_inside(user_id)),
        Card.deleted_at.is_(None),
    )


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


_PROFILE = Section("profile", _profile, _table(User).c.id)
_WORKSPACES = Section("workspaces", _workspaces, _table(Workspace).c.id)
_INVITATIONS = Section("invitations_received", _invitations, _table(WorkspaceInvitation).c.id)
_CARDS = Section("cards", _cards, _table(Card).c.id)
