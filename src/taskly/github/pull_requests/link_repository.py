"""The queries of linking pull requests by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.github.facts.facts_repository import LinkedRow
from taskly.github.models import CardPullRequest, GitRepository, PullRequestRow
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.arrays import is_among


async def connection_called(
    session: AsyncSession, workspace_id: UUID, full_name: str
) -> GitRepository | None:
    """The workspace's connected repository of this name; capitals do not matter."""
    owner, _, name = full_name.lower().partition("/")
    return await session.scalar(
        select(GitRepository).where(
            GitRepository.workspace_id == workspace_id,
            GitRepository.active,
            func.lower(GitRepository.owner) == owner,
            func.lower(GitRepository.name) == name,
        )
    )


async def pull_request_numbered(
    session: AsyncSession, repository_id: UUID, number: int
) -> PullRequestRow | None:
    """What is known of a pull request."""
    return await session.scalar(
        select(PullRequestRow).where(
            PullRequestRow.repository_id == repository_id, PullRequestRow.number == number
        )
    )


async def link_between(
    session: AsyncSession, card_id: UUID, pull_request_id: UUID
) -> CardPullRequest | None:
    """The link of a card and a pull request, one that a person took away included."""
    return await session.scalar(
        select(CardPullRequest).where(
            CardPullRequest.card_id == card_id, CardPullRequest.pull_request_id == pull_request_id
        )
    )


async def shown_link(session: AsyncSession, link_id: UUID) -> LinkedRow | None:
    """A link that nobody took away, with its pull request."""
    found = await link_row(session, link_id)
    return None if found is None or found.link.removed_at is not None else found


async def link_row(session: AsyncSession, link_id: UUID) -> LinkedRow | None:
    """A link, or one that a person took away, with its pull request."""
    row = (
        await session.execute(
            select(CardPullRequest, PullRequestRow, GitRepository)
            .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
            .join(GitRepository, GitRepository.id == PullRequestRow.repository_id)
            .where(CardPullRequest.id == link_id)
        )
    ).one_or_none()
    return None if row is None else LinkedRow(*row)


@dataclass(frozen=True, slots=True)
class ShownOnBoard:
    """A link that nobody took away, and how its board wants its rules."""

    link_id: UUID
    workspace_id: UUID
    automation: dict[str, Any]


async def open_links_of(session: AsyncSession, card_ids: Collection[UUID]) -> list[ShownOnBoard]:
    """The links of cards to pull requests that are not over."""
    rows = await session.execute(
        select(CardPullRequest.id, CardPullRequest.workspace_id, Board.automation)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .join(Board, Board.id == CardPullRequest.board_id)
        .where(
            is_among(CardPullRequest.card_id, card_ids),
            CardPullRequest.removed_at.is_(None),
            PullRequestRow.state.in_([PullRequestState.OPEN, PullRequestState.DRAFT]),
        )
        .order_by(CardPullRequest.id)
    )
    return [ShownOnBoard(*row) for row in rows]


async def open_links_on(session: AsyncSession, board_id: UUID) -> list[UUID]:
    """The links of a board's cards to pull requests that are not over."""
    found = await session.scalars(
        select(CardPullRequest.id)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .where(
            CardPullRequest.board_id == board_id,
            CardPullRequest.removed_at.is_(None),
            PullRequestRow.state.in_([PullRequestState.OPEN, PullRequestState.DRAFT]),
        )
        .order_by(CardPullRequest.id)
    )
    return list(found)


async def automation_of(
    session: AsyncSession, board_ids: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """How boards want their rules, by board."""
    query = select(Board.id, Board.automation).where(is_among(Board.id, board_ids))
    return {row.id: row.automation for row in await session.execute(query)}
