"""What reports ask of the tables beside the log: how things are called, what was merged, and who reviewed it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.cards.models import Card
from taskly.github.models import (
    CardPullRequest,
    GitRepository,
    PullRequestReview,
    PullRequestRow,
)
from taskly.github.rules.accounts import OF_PROGRAMS
from taskly.platform.db.arrays import is_among
from taskly.reports.rules.thanks import Person
from taskly.sprints.capacity_repository import NAME
from taskly.sprints.models import Sprint
from taskly.users.models import User
from taskly.workspaces.models import Workspace, WorkspaceMember

_BY_SOMEBODY_ELSE = and_(
    PullRequestReview.reviewer != PullRequestRow.author,
    or_(
        PullRequestRow.author_id.is_(None),
        PullRequestReview.reviewer_id != PullRequestRow.author_id,
    ),
    ~PullRequestReview.reviewer.endswith(OF_PROGRAMS, autoescape=True),
)
"""Reviews that are neither of the author nor of a program."""


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """A board as it is called, and since when it is there."""

    name: str
    workspace_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged."""

    repository: str
    number: int
    title: str
    url: str
    merged_at: datetime


async def board_facts(session: AsyncSession, board_id: UUID) -> BoardFacts | None:
    """A board as it is now; None if it is gone."""
    query = (
        select(Board.name, Workspace.name, Board.created_at)
        .join(Workspace, Workspace.id == Board.workspace_id)
        .where(Board.id == board_id)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else BoardFacts(*row)


async def cards_called(
    session: AsyncSession, workspace_id: UUID, card_ids: Collection[UUID]
) -> dict[UUID, tuple[str, str]]:
    """The keys and titles of cards of a workspace, wherever they are by now."""
    query = (
        select(Card.id, Board.key, Card.number, Card.title)
        .join(Board, Board.id == Card.board_id)
        .where(Card.workspace_id == workspace_id, is_among(Card.id, card_ids))
    )
    rows = await session.execute(query)
    return {id_: (f"{key}-{number}", title) for id_, key, number, title in rows}


async def people_called(session: AsyncSession, user_ids: Collection[UUID]) -> dict[UUID, Person]:
    """People by name."""
    query = select(User.id, NAME).where(is_among(User.id, user_ids))
    return {id_: Person(id_, name) for id_, name in await session.execute(query)}


async def sprints_called(
    session: AsyncSession, board_id: UUID, sprint_ids: Collection[UUID]
) -> dict[UUID, str]:
    """The names of sprints of a board, deleted ones included."""
    query = select(Sprint.id, Sprint.name).where(
        Sprint.board_id == board_id, is_among(Sprint.id, sprint_ids)
    )
    return {row.id: row.name for row in await session.execute(query)}


async def merged_on(
    session: AsyncSession, workspace_id: UUID, card_ids: Collection[UUID], before: datetime
) -> dict[UUID, list[Merged]]:
    """What was merged on some cards before a moment, card by card in the order of the merges."""
    query = (
        select(
            CardPullRequest.card_id,
            GitRepository.owner + "/" + GitRepository.name,
            PullRequestRow.number,
            PullRequestRow.title,
            PullRequestRow.url,
            PullRequestRow.merged_at,
        )
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .join(GitRepository, GitRepository.id == PullRequestRow.repository_id)
        .where(
            CardPullRequest.workspace_id == workspace_id,
            is_among(CardPullRequest.card_id, card_ids),
            CardPullRequest.removed_at.is_(None),
            PullRequestRow.merged_at < before,
        )
        .order_by(PullRequestRow.merged_at, PullRequestRow.id)
    )
    found: dict[UUID, list[Merged]] = {}
    for card_id, repository, number, title, url, merged_at in await session.execute(query):
        if merged_at is not None:
            merged = Merged(repository, number, title, url, merged_at)
            found.setdefault(card_id, []).append(merged)
    return found


def _reviewed_within(since: datetime, before: datetime) -> ColumnElement[bool]:
    last_at = PullRequestReview.submitted_at
    first_at = func.coalesce(
        PullRequestReview.first_submitted_at, func.least(last_at, PullRequestReview.created_at)
    )
    return or_(*(and_(at >= since, at < before) for at in (first_at, last_at)))


async def reviewers(
    session: AsyncSession,
    board_id: UUID,
    since: datetime,
    before: datetime,
    card_ids: Collection[UUID] | None = None,
    *,
    named: Collection[UUID],
) -> list[Person]:
    """Who reviewed pull requests of others within a time: on some cards of a board, or on any. Each once.

    Of each reviewer the first and the last review are known: one of the two has to lie in the time.
    Who is not in the workspace is named as at GitHub, whatever they are called elsewhere, unless the report has `named`
    them anyway, as people who left are.
    """
    is_known = or_(
        is_among(User.id, named),
        exists().where(
            WorkspaceMember.workspace_id == PullRequestReview.workspace_id,
            WorkspaceMember.user_id == User.id,
        ),
    )
    query = (
        select(User.id, func.coalesce(NAME, PullRequestReview.reviewer))
        .ext(distinct_on(PullRequestReview.reviewer_id))
        .select_from(CardPullRequest)
        .join(
            PullRequestReview,
            and_(
                PullRequestReview.workspace_id == CardPullRequest.workspace_id,
                PullRequestReview.pull_request_id == CardPullRequest.pull_request_id,
            ),
        )
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .outerjoin(User, and_(User.github_id == PullRequestReview.reviewer_id, is_known))
        .where(
            CardPullRequest.board_id == board_id,
            CardPullRequest.removed_at.is_(None),
            _reviewed_within(since, before),
            _BY_SOMEBODY_ELSE,
        )
        .order_by(PullRequestReview.reviewer_id, PullRequestReview.submitted_at.desc())
    )
    if card_ids is not None:
        query = query.where(is_among(CardPullRequest.card_id, card_ids))
    return [Person(*row) for row in await session.execute(query)]
