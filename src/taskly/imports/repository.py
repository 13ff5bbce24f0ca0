"""Every query about boards from elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from taskly.boards.models import BoardColumn, Label
from taskly.cards.models import Card, CardAssignee, CardComment, CardLabel, Priority
from taskly.imports.models import BoardImport, ImportState
from taskly.users.models import User
from taskly.workspaces.models import WorkspaceMember


async def import_row(
    session: AsyncSession, workspace_id: UUID, import_id: UUID, *, lock: bool = False
) -> BoardImport | None:
    """An import of the workspace; locked until the end of the transaction if asked."""
    query = (
        select(BoardImport)
        .where(BoardImport.workspace_id == workspace_id, BoardImport.id == import_id)
        .execution_options(populate_existing=True)
    )
    return await session.scalar(query.with_for_update() if lock else query)


async def has_plan(session: AsyncSession, import_id: UUID) -> bool:
    """Whether what was read is still there."""
    query = select(BoardImport.plan.is_not(None)).where(BoardImport.id == import_id)
    return bool(await session.scalar(query))


async def import_to_make(
    session: AsyncSession, import_id: UUID, *, plan: bool = False
) -> BoardImport | None:
    """The import that a job was promised for, locked until the end of the transaction."""
    query = select(BoardImport).where(BoardImport.id == import_id).with_for_update()
    return await session.scalar(query.options(undefer(BoardImport.plan)) if plan else query)


async def imports_of(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[BoardImport]:
    """The imports of a workspace, oldest first."""
    query = select(BoardImport).where(BoardImport.workspace_id == workspace_id)
    if after is not None:
        query = query.where(BoardImport.id > after)
    return (await session.scalars(query.order_by(BoardImport.id).limit(limit))).all()


async def same_file(session: AsyncSession, row: BoardImport, *, made: bool = False) -> UUID | None:
    """The latest other import of the same file whose board is there or is being made; or only there, `made`."""
    return (await same_files(session, [row], made=made)).get(row.id)


async def same_files(
    session: AsyncSession, rows: Sequence[BoardImport], *, made: bool = False
) -> dict[UUID, UUID]:
    """The same for some imports of a workspace, as far as there is one."""
    other = aliased(BoardImport)
    there = and_(other.state == ImportState.DONE, other.board_id.is_not(None))
    latest = (
        select(other.id)
        .where(
            other.workspace_id == BoardImport.workspace_id,
            other.file_hash == BoardImport.file_hash,
            other.id != BoardImport.id,
            there if made else or_(there, other.state == ImportState.STARTED),
        )
        .order_by(other.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = await session.execute(
        select(BoardImport.id, latest).where(BoardImport.id.in_([row.id for row in rows]))
    )
    return {import_id: same for import_id, same in found if same is not None}


async def members_called(
    session: AsyncSession, workspace_id: UUID, names: Sequence[str]
) -> dict[str, UUID]:
    """The members by those of these names that are their login or name, in any case of letters; what two are
    called is nobody's.

    Not by address: who sends a file could learn by guessing whose it is.
    """
    wanted = func.unnest(bindparam("names", list(names), ARRAY(Text))).column_valued("wanted")
    query = (
        select(wanted, User.id)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(
            WorkspaceMember.workspace_id == workspace_id,
            func.lower(wanted).in_([func.lower(User.login), func.lower(User.name)]),
        )
    )
    found: dict[str, set[UUID]] = {}
    for name, user_id in await session.execute(query):
        found.setdefault(name, set()).add(user_id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


async def members_among(
    session: AsyncSession, workspace_id: UUID, user_ids: Iterable[UUID]
) -> set[UUID]:
    """Those who are in the workspace at this moment."""
    query = select(WorkspaceMember.user_id).where(
        WorkspaceMember.workspace_id == workspace_id, WorkspaceMember.user_id.in_(user_ids)
    )
    return set(await session.scalars(query))


async def counts_of(session: AsyncSession, board_id: UUID) -> dict[str, int]:
    """What is on a board, by the kinds that plans count."""
    columns = select(BoardColumn.id).where(BoardColumn.board_id == board_id)
    labels = select(Label.id).where(Label.board_id == board_id)
    cards = select(Card.id).where(Card.board_id == board_id, Card.deleted_at.is_(None))
    return {
        "columns": await _count(session, columns),
        "labels": await _count(session, labels),
        **await counts_of_cards(session, cards),
    }


async def counts_of_cards(session: AsyncSession, cards: Select[UUID]) -> dict[str, int]:
    """What is on some cards, whose ids are given, by the kinds that plans count."""
    lengths = await session.execute(
        select(
            func.count(),
            func.count(Card.archived_at),
            func.coalesce(func.sum(func.jsonb_array_length(Card.checklist)), 0),
            func.coalesce(func.sum(func.jsonb_array_length(Card.attachments)), 0),
            func.count(Card.due_date),
            func.count(Card.story_points),
            func.count().filter(Card.priority != Priority.NONE),
        ).where(Card.id.in_(cards))
    )
    total, archived, steps, links, due_dates, story_points, priorities = lengths.one()
    return {
        "cards": int(total),
        "archived": int(archived),
        "steps": int(steps),
        "links": int(links),
        "due_dates": int(due_dates),
        "story_points": int(story_points),
        "priorities": int(priorities),
        "comments": await _count(
            session, select(CardComment.id).where(CardComment.card_id.in_(cards))
        ),
        "card_labels": await _count(
            session, select(CardLabel.card_id).where(CardLabel.card_id.in_(cards))
        ),
        "assignees": await _count(
            session, select(CardAssignee.card_id).where(CardAssignee.card_id.in_(cards))
        ),
    }


async def _count(session: AsyncSession, rows: Select[UUID]) -> int:
    return int(await session.scalar(select(func.count()).select_from(rows.subquery())) or 0)


async def forget_plans(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Forget what imports have read that no job is making, and the people whom they name; how many."""
    old = (
        select(BoardImport)
        .where(
            BoardImport.created_at < before,
            or_(BoardImport.plan.is_not(None), BoardImport.people != {}),
            BoardImport.state != ImportState.STARTED,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.scalars(old)).all()
    for row in rows:
        row.forget_file()
    return len(rows)
