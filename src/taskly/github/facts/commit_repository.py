"""Every query about commits."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.commit_models import CommitRow, PullRequestCommit
from taskly.github.models import GitRepository, PullRequestRow
from taskly.github.rules.commits import MOST_LISTED, PushedCommits
from taskly.github.rules.facts import Commit, PullRequest, Push
from taskly.kit.ids import new_id
from taskly.platform.db.arrays import is_among

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class HeldCommit:
    """A commit that a pull request is held to have, since when."""

    id: UUID
    commit: Commit
    since: datetime


async def add_pushed(
    session: AsyncSession, repository: GitRepository, push: Push, now: datetime
) -> None:
    """Keep the commits of a branch; those that are known already stay as they are."""
    own = {
        "workspace_id": repository.workspace_id,
        "repository_id": repository.id,
        "branch": push.branch,
    }
    rows = [{**own, **_described(commit, now)} for commit in push.commits]
    if rows:
        await session.execute(insert(CommitRow).values(rows).on_conflict_do_nothing())


async def pushed_commits(
    session: AsyncSession, repository_id: UUID, pull: PullRequest
) -> PushedCommits:
    """The newest commits that were pushed to the branch of a pull request, one more than GitHub would list."""
    others = select(PullRequestRow.id).where(
        PullRequestRow.repository_id == repository_id,
        PullRequestRow.head_branch == pull.head_branch,
        PullRequestRow.head_fork.is_(None),
        PullRequestRow.number != pull.number,
    )
    rows = await session.execute(
        select(others.exists(), *described_by(CommitRow))
        .where(CommitRow.repository_id == repository_id, CommitRow.branch == pull.head_branch)
        .order_by(CommitRow.committed_at.desc(), CommitRow.sha)
        .limit(MOST_LISTED + 1)
    )
    found = [(shared, Commit(*described)) for shared, *described in rows]
    return PushedCommits(
        {commit.sha: commit for _, commit in found}, shared=any(shared for shared, _ in found)
    )


async def held_commits(
    session: AsyncSession, numbers: Mapping[UUID, int]
) -> dict[int, dict[str, HeldCommit]]:
    """The commits of some pull requests, which are given by id, by their number and the SHA."""
    found: dict[int, dict[str, HeldCommit]] = {number: {} for number in numbers.values()}
    row = PullRequestCommit
    rows = await session.execute(
        select(row.pull_request_id, row.id, row.created_at, *described_by(row)).where(
            is_among(row.pull_request_id, numbers)
        )
    )
    for pull_request_id, id_, since, *described in rows:
        held = HeldCommit(id_, Commit(*described), since)
        found[numbers[pull_request_id]][held.commit.sha] = held
    return found


async def newest_commits(
    session: AsyncSession, pull_request_ids: Collection[UUID]
) -> dict[UUID, list[Commit]]:
    """The newest commits of some pull requests, of each as many as are shown, with their first lines alone."""
    row = PullRequestCommit
    place = func.row_number().over(
        partition_by=row.pull_request_id, order_by=(row.committed_at.desc(), row.sha)
    )
    ranked = (
        select(
            row.pull_request_id,
            row.sha,
            func.split_part(row.message, "\n", 1),
            row.author,
            row.committed_at,
            place.label("place"),
        )
        .where(is_among(row.pull_request_id, pull_request_ids))
        .subquery()
    )
    rows = await session.execute(
        select(ranked).where(ranked.c.place <= MOST_SHOWN).order_by(ranked.c.place)
    )
    found: dict[UUID, list[Commit]] = {id_: [] for id_ in pull_request_ids}
    for pull_request_id, *described, _ in rows:
        found[pull_request_id].append(Commit(*described))
    return found


async def give_commits(
    session: AsyncSession, pull: PullRequestRow, commits: Iterable[Commit], now: datetime
) -> None:
    """Give a pull request commits that it did not have."""
    own = {"workspace_id": pull.workspace_id, "pull_request_id": pull.id}
    rows = [{**own, **_described(commit, now)} for commit in commits]
    if rows:
        await session.execute(insert(PullRequestCommit).values(rows))


async def take_commits(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Take commits from pull requests."""
    if ids:
        await session.execute(delete(PullRequestCommit).where(is_among(PullRequestCommit.id, ids)))


def _described(commit: Commit, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "sha": commit.sha,
        "message": commit.message,
        "author": commit.author,
        "committed_at": commit.committed_at,
        "created_at": now,
    }


def described_by(row: type[CommitRow | PullRequestCommit]) -> tuple[Any, ...]:
    """In the order of `Commit`."""
    return (row.sha, row.message, row.author, row.committed_at)
