"""The queries about what the rules of a board need: the code of its cards, its settings, its columns."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardColumn
from taskly.github.commit_models import CommitRow
from taskly.github.models import (
    BranchState,
    CardBranch,
    CardPullRequest,
    GitRepository,
    PullRequestRow,
)
from taskly.github.rules.automation import Column
from taskly.github.rules.reasons import Named
from taskly.github.rules.standing import CardCode, LinkedPullRequest
from taskly.platform.db.arrays import is_among


@dataclass(frozen=True, slots=True)
class Code:
    """The code of some cards, and what its parts are called."""

    by_card: dict[UUID, CardCode]
    names: dict[UUID, Named]


async def code_of(session: AsyncSession, card_ids: Collection[UUID]) -> Code:
    """The branches and pull requests of some cards, from all repositories."""
    if not card_ids:
        return Code({}, {})
    names: dict[UUID, Named] = {}
    found_branches: dict[UUID, set[UUID]] = {card_id: set() for card_id in card_ids}
    found_pulls: dict[UUID, list[LinkedPullRequest]] = {card_id: [] for card_id in card_ids}
    for branch, full_name, commit in await session.execute(_branches_of(card_ids)):
        found_branches[branch.card_id].add(branch.id)
        names[branch.id] = Named(
            full_name,
            branch.url,
            branch=branch.name,
            commit=commit or branch.base_sha,
            made_by=branch.created_by,
            is_there=branch.state is BranchState.CREATED,
        )
    for card_id, full_name, url, number, sha, author_id, *pull in await session.execute(
        _pulls_of(card_ids)
    ):
        linked = LinkedPullRequest(*pull)
        found_pulls[card_id].append(linked)
        names[linked.id] = Named(
            full_name, url, number=number, commit=sha or None, author_id=author_id
        )
    return Code(
        {
            card_id: CardCode(frozenset(found_branches[card_id]), tuple(found_pulls[card_id]))
            for card_id in card_ids
        },
        names,
    )


@dataclass(frozen=True, slots=True)
class BoardRules:
    """A board's settings of its rules, and its columns from left to right."""

    automation: dict[str, Any]
    columns: list[Column]


async def rules_of(session: AsyncSession, board_id: UUID) -> BoardRules | None:
    """What decides about moves on a board; None if it is archived or gone."""
    automation = await session.scalar(
        select(Board.automation).where(Board.id == board_id, Board.archived_at.is_(None))
    )
    if automation is None:
        return None
    columns = await session.execute(
        select(BoardColumn.id, BoardColumn.name, BoardColumn.category)
        .where(BoardColumn.board_id == board_id, BoardColumn.deleted_at.is_(None))
        .order_by(BoardColumn.rank)
    )
    return BoardRules(
        automation, [Column(id_, name, category.value) for id_, name, category in columns]
    )


_FULL_NAME = GitRepository.owner + "/" + GitRepository.name


def _branches_of(card_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    last_commit = (
        select(CommitRow.sha)
        .where(
            CommitRow.repository_id == CardBranch.repository_id,
            CommitRow.branch == CardBranch.name,
        )
        .order_by(CommitRow.committed_at.desc(), CommitRow.sha)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(CardBranch, _FULL_NAME, last_commit)
        .join(GitRepository, GitRepository.id == CardBranch.repository_id)
        .where(
            is_among(CardBranch.card_id, card_ids),
            CardBranch.state.in_([BranchState.CREATED, BranchState.DELETED]),
        )
    )


def _pulls_of(card_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CardPullRequest.card_id,
            _FULL_NAME,
            PullRequestRow.url,
            PullRequestRow.number,
            PullRequestRow.head_sha,
            PullRequestRow.author_id,
            PullRequestRow.id,
            PullRequestRow.state,
            PullRequestRow.was_ready,
            PullRequestRow.review_decision,
            CardPullRequest.closes,
            PullRequestRow.opened_at,
            PullRequestRow.merged_at,
            PullRequestRow.base_branch,
        )
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .join(GitRepository, GitRepository.id == PullRequestRow.repository_id)
        .where(is_among(CardPullRequest.card_id, card_ids), CardPullRequest.removed_at.is_(None))
    )
