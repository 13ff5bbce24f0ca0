"""Every query with which a login is looked for and replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, case, cast, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.cards.models import Card, CardComment
from taskly.imports.models import BoardImport
from taskly.platform.context import ActorKind
from taskly.platform.events.change import JsonObject
from taskly.platform.events.models import Event, Job
from taskly.platform.tables import Base
from taskly.privacy.rules import SIGNS, without_login
from taskly.search.models import SavedView
from taskly.users.models import User
from taskly.workspaces.events import MemberAdded, MemberRemoved
from taskly.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Texts:
    """Where people write logins."""

    table: Table
    entity: str
    """What its rows are called in the log."""
    columns: tuple[str, ...]


CARDS = Texts(
    Base.metadata.tables[Card.__tablename__],
    "card",
    ("title", "description", "acceptance_criteria", "checklist", "attachments"),
)
OTHERS = (
    Texts(Base.metadata.tables[CardComment.__tablename__], "comment", ("body",)),
    Texts(Base.metadata.tables[SavedView.__tablename__], "view", ("query",)),
)


@dataclass(frozen=True, slots=True)
class Gone:
    """Whom nothing is to name any more."""

    login: str
    until: datetime | None
    """Since then the login is somebody else's, and what was written later is about them. None if it is nobody's."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An event, with its data if the login may stand in it."""

    id: UUID
    created_at: datetime
    data: dict[str, Any] | None


async def deeds_of(
    session: AsyncSession, user_id: UUID, *, after: UUID | None, limit: int
) -> list[tuple[UUID, UUID]]:
    """The ids and workspaces of events that somebody caused, in the order of the ids."""
    query = select(Event.id, Event.workspace_id).where(Event.actor_id == user_id)
    if after is not None:
        query = query.where(Event.id > after)
    rows = await session.execute(query.order_by(Event.id).limit(limit))
    return [(row.id, row.workspace_id) for row in rows]


async def workspaces_after(session: AsyncSession, *, after: UUID | None, limit: int) -> list[UUID]:
    """The ids of all workspaces, in their order."""
    query = select(Workspace.id)
    if after is not None:
        query = query.where(Workspace.id > after)
    return list(await session.scalars(query.order_by(Workspace.id).limit(limit)))


async def joined_among(
    session: AsyncSession, workspace_ids: Sequence[UUID], user_id: UUID
) -> set[UUID]:
    """Those of some workspaces that somebody was in at any time."""
    query = select(Event.workspace_id).where(
        Event.stream_id.in_(workspace_ids),
        Event.type.in_([MemberAdded.type, MemberRemoved.type]),
        Event.data["id"].astext == str(user_id),
    )
    return set(await session.scalars(query))


async def login_taken_at(session: AsyncSession, user_id: UUID, login: str) -> datetime | None:
    """Since when a login is somebody else's, of whoever has gone; None if it is nobody's."""
    gone = aliased(User)
    went_at = select(gone.deleted_at).where(gone.id == user_id).scalar_subquery()
    moment: datetime | None = await session.scalar(
        select(func.greatest(User.created_at, went_at)).where(
            func.lower(User.login) == login.lower(), User.deleted_at.is_(None)
        )
    )
    return moment


async def forget_in_import(session: AsyncSession, workspace_id: UUID, user_id: UUID) -> int:
    """Let names of a file that was read into a workspace be nobody who has gone; 0 if no file is left with such."""
    says_so = cast(f'$.* ? (@ == "{user_id}")', JSONPATH)
    row = await session.scalar(
        select(BoardImport)
        .where(
            BoardImport.workspace_id == workspace_id,
            func.jsonb_path_exists(BoardImport.people, says_so),
        )
        .order_by(BoardImport.id)
        .limit(1)
        .with_for_update()
    )
    if row is None:
        return 0
    row.people = {name: None if each == str(user_id) else each for name, each in row.people.items()}
    return 1


async def ids_in(
    session: AsyncSession, table: Table, workspace_id: UUID, *, after: UUID | None, limit: int
) -> list[UUID]:
    """The ids of a workspace's rows, in their order."""
    query = select(table.c.id).where(table.c.workspace_id == workspace_id)
    if after is not None:
        query = query.where(table.c.id > after)
    return list(await session.scalars(query.order_by(table.c.id).limit(limit)))


async def that_may_name(
    session: AsyncSession, texts: Texts, ids: Sequence[UUID], gone: Gone
) -> list[UUID]:
    """Those of some rows in whose texts the login stands somewhere, and may be theirs who has gone."""
    named = f"{SIGNS[texts.entity]}{gone.login}"
    columns = (
        cast(texts.table.c[name], Text).icontains(named, autoescape=True) for name in texts.columns
    )
    query = select(texts.table.c.id).where(texts.table.c.id.in_(ids), or_(*columns))
    if gone.until is not None:
        query = query.where(texts.table.c.created_at < gone.until)
    return list(await session.scalars(query))


async def clean_row(session: AsyncSession, texts: Texts, row_id: UUID, login: str) -> None:
    """Take the login out of one row's texts. It counts as no change of the row."""
    table = texts.table
    found = await session.execute(
        select(*(table.c[name] for name in texts.columns))
        .where(table.c.id == row_id)
        .with_for_update(key_share=True)
    )
    row = found.mappings().one_or_none()
    if row is None:
        return
    cleaned = {name: without_login(texts.entity, name, row[name], login) for name in texts.columns}
    if cleaned == dict(row):
        return
    as_before = {"updated_at": table.c.updated_at} if "updated_at" in table.c else {}
    await session.execute(update(table).where(table.c.id == row_id).values(cleaned | as_before))


async def changes_after(
    session: AsyncSession, workspace_id: UUID, gone: Gone, *, after: Logged | None, limit: int
) -> list[Logged]:
    """The events of a workspace that follow one, in the order of their times."""
    query = select(
        Event.id, Event.created_at, case((_may_name(gone), Event.data)).label("data")
    ).where(Event.workspace_id == workspace_id)
    if after is not None:
        # The first condition is for the index.
        query = query.where(
            Event.created_at >= after.created_at,
            tuple_(Event.created_at, Event.id) > tuple_(after.created_at, after.id),
        )
    rows = await session.execute(query.order_by(Event.created_at, Event.id).limit(limit))
    return [Logged(*row) for row in rows]


async def store_changes(session: AsyncSession, changed: Mapping[UUID, JsonObject]) -> None:
    """Overwrite what events say."""
    if changed:
        await session.execute(
            update(Event), [{"id": id_, "data": data} for id_, data in changed.items()]
        )


async def store_payload(session: AsyncSession, job_id: UUID, payload: JsonObject) -> None:
    """Overwrite what a job was told."""
    await session.execute(update(Job).where(Job.id == job_id).values(payload=payload))


def _may_name(gone: Gone) -> ColumnElement[bool]:
    said = cast(Event.data, Text)
    is_named = or_(
        *(
            Event.type.startswith(f"{entity}.", autoescape=True)
            & said.icontains(f"{sign}{gone.login}", autoescape=True)
            for entity, sign in SIGNS.items()
        )
    )
    if gone.until is None:
        return is_named
    # What Taskly has logged of its own cleaning says what stood there before.
    return is_named & ((Event.created_at < gone.until) | (Event.actor_kind == ActorKind.SYSTEM))
