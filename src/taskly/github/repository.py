"""Every query about connections: repositories, and what the board shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.repository import RFC3339, SnapshotPart
from taskly.github.models import GitRepository, Health
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Job
from taskly.users.models import User
from taskly.workspaces.models import Role, WorkspaceMember

BRANCHES = SnapshotPart(
    "branches",
    """
    SELECT json_agg(row_to_json(item) ORDER BY item.id) FROM (
        SELECT
            branch.id, branch.card_id, repository.owner || '/' || repository.name AS repository,
            branch.name, branch.url, branch.state, branch.error
        FROM card_branches AS branch
        JOIN cards ON cards.id = branch.card_id AND cards.archived_at IS NULL
        JOIN git_repositories AS repository ON repository.id = branch.repository_id
        WHERE branch.board_id = boards.id
    ) AS item
    """,
)

PULL_REQUESTS = SnapshotPart(
    "pull_requests",
    f"""
    SELECT json_agg(row_to_json(item) ORDER BY item.id) FROM (
        SELECT
            link.id, link.card_id, repository.owner || '/' || repository.name AS repository,
            pull.number, pull.title, pull.url, pull.state, pull.author, pull.head_branch,
            pull.base_branch, pull.review_decision, pull.checks, link.source, link.closes,
            to_char(pull.merged_at AT TIME ZONE 'UTC', '{RFC3339}') AS merged_at,
            to_char(pull.verified_at AT TIME ZONE 'UTC', '{RFC3339}') AS verified_at
        FROM card_pull_requests AS link
        JOIN cards ON cards.id = link.card_id AND cards.archived_at IS NULL
        JOIN pull_requests AS pull ON pull.id = link.pull_request_id
        JOIN git_repositories AS repository ON repository.id = pull.repository_id
        WHERE link.board_id = boards.id AND link.removed_at IS NULL
    ) AS item
    """,  # noqa: S608 - a constant of our own
)


@dataclass(frozen=True, slots=True)
class RepositoryAccess:
    """A connected repository, and what the caller is in its workspace."""

    repository: GitRepository
    role: Role


async def repository_access(
    session: AsyncSession, repository_id: UUID, user_id: UUID
) -> RepositoryAccess | None:
    """The repository and the person's role; None for outsiders and for what is not connected."""
    row = (
        await session.execute(
            select(GitRepository, WorkspaceMember.role)
            .join(WorkspaceMember, WorkspaceMember.workspace_id == GitRepository.workspace_id)
            .where(
                GitRepository.id == repository_id,
                GitRepository.active,
                WorkspaceMember.user_id == user_id,
            )
        )
    ).one_or_none()
    return None if row is None else RepositoryAccess(row[0], row[1])


async def repositories_of(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[GitRepository]:
    """The connected repositories of a workspace, oldest first."""
    query = _connected(workspace_id).limit(limit)
    if after is not None:
        query = query.where(GitRepository.id > after)
    return (await session.scalars(query)).all()


async def some_repositories(
    session: AsyncSession,
    workspace_id: UUID,
    repository_id: UUID | None,
    *,
    first: UUID | None = None,
) -> Sequence[GitRepository]:
    """The connected repository that is named, or without a name two that there are, a certain one before others."""
    query = _connected(workspace_id).limit(2)
    if repository_id is not None:
        query = query.where(GitRepository.id == repository_id)
    else:
        query = query.where(GitRepository.gone_at.is_(None))
    if repository_id is None and first is not None:
        query = query.order_by(None).order_by(GitRepository.id != first, GitRepository.id)
    return (await session.scalars(query)).all()


async def connected_names(session: AsyncSession, workspace_id: UUID) -> dict[int, str]:
    """The workspace's connected repositories: their names by GitHub's ids."""
    rows = await session.scalars(
        select(GitRepository).where(
            GitRepository.workspace_id == workspace_id, GitRepository.active
        )
    )
    return {row.github_id: row.full_name for row in rows}


async def repository_by_github_id(
    session: AsyncSession, workspace_id: UUID, github_id: int
) -> GitRepository | None:
    """The workspace's connection to a repository of GitHub, present or past, locked."""
    return await session.scalar(
        select(GitRepository)
        .where(GitRepository.workspace_id == workspace_id, GitRepository.github_id == github_id)
        .with_for_update(key_share=True)
    )


async def repository_row(session: AsyncSession, repository_id: UUID) -> GitRepository | None:
    """A connection, present or past."""
    return await session.get(GitRepository, repository_id)


async def webhooks_of(session: AsyncSession, workspace_id: UUID) -> Sequence[GitRepository]:
    """The connections of a workspace that have a webhook at GitHub, or may have one soon."""
    query = select(GitRepository).where(
        GitRepository.workspace_id == workspace_id,
        GitRepository.webhook_id.is_not(None)
        | (GitRepository.active & GitRepository.installation_id.is_(None)),
    )
    return (await session.scalars(query.order_by(GitRepository.id))).all()


async def connections_of(
    session: AsyncSession, installation_id: int, github_ids: Collection[int]
) -> Sequence[UUID]:
    """The connections through an installation of the app, and those through another one to these repositories."""
    query = select(GitRepository.id).where(
        GitRepository.active,
        GitRepository.installation_id.is_not(None),
        (GitRepository.installation_id == installation_id)
        | is_among(GitRepository.github_id, github_ids),
    )
    return (await session.scalars(query.order_by(GitRepository.id))).all()


async def connections_by_app(session: AsyncSession, github_id: int) -> Sequence[UUID]:
    """The connections of all workspaces to a repository through the app."""
    query = select(GitRepository.id).where(
        GitRepository.active,
        GitRepository.installation_id.is_not(None),
        GitRepository.github_id == github_id,
    )
    return (await session.scalars(query.order_by(GitRepository.id))).all()


async def end_connections(session: AsyncSession, workspace_id: UUID) -> None:
    """Disconnect all repositories of a workspace that is locked with all of them."""
    await session.execute(
        update(GitRepository)
        .where(GitRepository.workspace_id == workspace_id)
        .values(active=False, health=Health.DISCONNECTED, problem=None)
    )


async def lock_repository(session: AsyncSession, repository_id: UUID) -> GitRepository | None:
    """A connection as it is now, locked until the end of the transaction. Lock boards after it."""
    return await session.scalar(
        select(GitRepository)
        .where(GitRepository.id == repository_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


async def person_changed_at(session: AsyncSession, user_id: UUID | None) -> datetime | None:
    """When a person with an account at GitHub last changed, as by signing in anew; None for all others."""
    return await session.scalar(
        select(User.updated_at).where(User.id == user_id, User.github_id.is_not(None))
    )


async def member_with_github_id(
    session: AsyncSession, workspace_id: UUID, github_id: int
) -> UUID | None:
    """The person of the workspace who has this account at GitHub."""
    return await session.scalar(
        select(User.id)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(User.github_id == github_id, WorkspaceMember.workspace_id == workspace_id)
    )


# Jobs.


async def has_job(session: AsyncSession, kind: str, key: str) -> bool:
    """Whether a job of this kind was promised under this key."""
    found = select(Job.id).where(Job.kind == kind, Job.idempotency_key == key)
    return await session.scalar(found) is not None


async def job_of_member(session: AsyncSession, job_id: UUID, user_id: UUID) -> Job | None:
    """A job of a workspace that the person is in, or one of no workspace that the person asked for."""
    is_inside = (
        select(WorkspaceMember.user_id)
        .where(WorkspaceMember.workspace_id == Job.workspace_id, WorkspaceMember.user_id == user_id)
        .exists()
    )
    has_asked = Job.workspace_id.is_(None) & (Job.payload["user_id"].astext == str(user_id))
    return await session.scalar(select(Job).where(Job.id == job_id, is_inside | has_asked))


def _connected(workspace_id: UUID) -> Select[Any]:
    return (
        select(GitRepository)
        .where(GitRepository.workspace_id == workspace_id, GitRepository.active)
        .order_by(GitRepository.id)
    )
