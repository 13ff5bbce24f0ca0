"""Every query about issues that are cards, and about what their board has already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card
from taskly.imports.models import ImportedIssue
from taskly.imports.repository import counts_of_cards
from taskly.platform.db.arrays import is_among
from taskly.sprints.models import Sprint
from taskly.users.models import User
from taskly.workspaces.models import WorkspaceMember


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """An issue that is a card."""

    card_id: UUID
    board_id: UUID
    seen_at: datetime
    is_deleted: bool


async def known_issues(
    session: AsyncSession, workspace_id: UUID, github_id: int, issue_ids: Collection[int]
) -> dict[int, KnownIssue]:
    """Those of some issues of a repository that are cards of the workspace, by GitHub's ids."""
    query = (
        select(
            ImportedIssue.issue_id,
            ImportedIssue.card_id,
            Card.board_id,
            ImportedIssue.seen_at,
            Card.deleted_at.is_not(None),
        )
        .join(Card, Card.id == ImportedIssue.card_id)
        .where(_of(workspace_id, github_id), ImportedIssue.issue_id.in_(issue_ids))
    )
    return {row[0]: KnownIssue(*row[1:]) for row in await session.execute(query)}


async def issues_numbered(
    session: AsyncSession,
    workspace_id: UUID,
    github_id: int,
    board_id: UUID,
    numbers: Collection[int],
) -> dict[int, tuple[ImportedIssue, Card]]:
    """Those of some issues that are cards of a locked board, with their cards, by their numbers."""
    query = (
        select(ImportedIssue, Card)
        .join(Card, Card.id == ImportedIssue.card_id)
        .where(
            _of(workspace_id, github_id),
            ImportedIssue.number.in_(numbers),
            Card.board_id == board_id,
            Card.deleted_at.is_(None),
        )
        .with_for_update(of=ImportedIssue)
    )
    rows = (await session.execute(query)).all()
    return {issue.number: (issue, card) for issue, card in rows}


async def issue_rows(
    session: AsyncSession, workspace_id: UUID, github_id: int, issue_ids: Collection[int]
) -> Sequence[ImportedIssue]:
    """Some issues that are cards, locked."""
    query = select(ImportedIssue).where(
        _of(workspace_id, github_id), ImportedIssue.issue_id.in_(issue_ids)
    )
    return (await session.scalars(query.with_for_update())).all()


async def members_with_accounts(
    session: AsyncSession, workspace_id: UUID, github_ids: Collection[int]
) -> dict[int, UUID]:
    """The people of a workspace who have these accounts at GitHub."""
    query = (
        select(User.github_id, User.id)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(WorkspaceMember.workspace_id == workspace_id, User.github_id.in_(github_ids))
    )
    found = await session.execute(query)
    return {github_id: user_id for github_id, user_id in found if github_id is not None}


async def sprints_called(
    session: AsyncSession, board_id: UUID, names: Collection[str]
) -> dict[str, UUID]:
    """The sprints of a board with these names; the last, of those that share one."""
    query = (
        select(Sprint.name, Sprint.id)
        .where(Sprint.board_id == board_id, Sprint.name.in_(names), Sprint.deleted_at.is_(None))
        .order_by(Sprint.ends_on, Sprint.id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def counts_of(session: AsyncSession, card_ids: Collection[UUID]) -> dict[str, int]:
    """What is on some cards, by the kinds that plans count."""
    return await counts_of_cards(session, select(Card.id).where(is_among(Card.id, card_ids)))


async def cards_made(session: AsyncSession, import_id: UUID, board_id: UUID) -> Sequence[Card]:
    """The cards that an import made on a locked board and that are there."""
    query = (
        select(Card)
        .where(_is_here(import_id, board_id))
        .order_by(Card.id)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def changed_since(
    session: AsyncSession, import_id: UUID, board_id: UUID, version: int
) -> int:
    """How many of the cards that an import made on a board were changed after a version of the board."""
    query = select(func.count()).where(_is_here(import_id, board_id), Card.version > version)
    return int(await session.scalar(query) or 0)


async def forget_cards(session: AsyncSession, card_ids: Collection[UUID]) -> None:
    """Forget that cards were issues, so that these can come again."""
    await session.execute(delete(ImportedIssue).where(is_among(ImportedIssue.card_id, card_ids)))


def _of(workspace_id: UUID, github_id: int) -> ColumnElement[bool]:
    return and_(
        ImportedIssue.workspace_id == workspace_id,
        ImportedIssue.repository_github_id == github_id,
    )


def _is_here(import_id: UUID, board_id: UUID) -> ColumnElement[bool]:
    made = select(ImportedIssue.card_id).where(ImportedIssue.import_id == import_id)
    return and_(Card.id.in_(made), Card.board_id == board_id, Card.deleted_at.is_(None))
