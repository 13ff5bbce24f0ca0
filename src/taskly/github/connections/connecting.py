"""Connecting repositories to a workspace and taking them away again.

A person's request asks GitHub what the account may do, then writes the connection together with the
promise of its webhook. A worker makes the webhook; it knows it again by its address, so an attempt that
was killed anywhere is simply made again. No database session is held while GitHub is asked.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.unlinking import take_links_away
from taskly.github.deliveries.webhook_secrets import renew_secret
from taskly.github.errors import GitHubNotFound, NotAnAdministrator, RepositoryConnected
from taskly.github.jobs import ConnectRepository, DisconnectRepository
from taskly.github.models import GitRepository, Health
from taskly.github.recording import record_repository, repository_state
from taskly.github.remote.accounts import github_for, person_token
from taskly.github.remote.resources import RepositoryObject
from taskly.github.schemas import AvailableRepositories, AvailableRepository
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace, open_workspace_to_change
from taskly.workspaces.models import Role

PAGES = 5


@dataclass(frozen=True, slots=True)
class Connecting:
    """A connection, and the job that makes its webhook."""

    repository: GitRepository
    job_id: UUID


async def list_available(
    runtime: Runtime, principal: Principal, workspace_id: UUID
) -> AvailableRepositories:
    """The caller's repositories at GitHub.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    token = await _authorise(runtime, principal, workspace_id)
    async with runtime.database.reading() as session:
        connected = await repository.connected_github_ids(session, workspace_id)
    found, complete = await github_for(runtime, token).repositories(pages=PAGES)
    return AvailableRepositories(
        items=[
            AvailableRepository(
                full_name=each.full_name,
                private=each.private,
                default_branch=each.identity().default_branch,
                can_connect=_administers(each),
                connected=each.id in connected,
            )
            for each in found
        ],
        complete=complete,
    )


async def connect(
    runtime: Runtime, tx: Transaction, principal: Principal, workspace_id: UUID, full_name: str
) -> Connecting:
    """Connect a repository, or connect one again. Nothing is asked in the transaction before GitHub answered.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        GitHubNotFound: there is no such repository, or the account may not see it.
        NotAnAdministrator: the account may not make a webhook there.
        RepositoryConnected: it is connected to this workspace.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    token = await _authorise(runtime, principal, workspace_id)
    try:
        found = await github_for(runtime, token).repository(full_name)
    except GitHubNotFound:
        raise GitHubNotFound(
            f"GitHub has no repository {full_name}, or does not show it to your account."
        ) from None
    if not _administers(found):
        raise NotAnAdministrator(
            f"Your GitHub account does not administer {found.full_name}: ask somebody who does to connect it."
        )
    row = await repository.repository_by_github_id(tx.session, workspace_id, found.id)
    await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)
    if row is not None and row.active:
        raise RepositoryConnected(f"{row.full_name} is connected to this workspace already.")
    row = _store(tx, row, workspace_id, principal.user_id, found)
    renew_secret(runtime.encryption, row)
    await tx.session.flush()
    record_repository(tx, row, None, repository_state(row))
    job = ConnectRepository(repository_id=row.id)
    return Connecting(row, tx.promise(job, workspace_id=workspace_id))


async def disconnect(tx: Transaction, principal: Principal, repository_id: UUID) -> None:
    """Take a repository away: its links go from the cards, its history stays, its webhook is removed.

    Raises:
        NotFound: somebody else was faster.
        Forbidden: the caller has ceased to be an admin while others were waited for.
    """
    row = await repository.lock_repository(tx.session, repository_id)
    if row is None or not row.active:
        raise NotFound
    await take_links_away(tx, row)
    await open_workspace_to_change(tx, principal, row.workspace_id, Role.ADMIN)
    before = repository_state(row)
    row.active, row.health, row.problem = False, Health.DISCONNECTED, None
    record_repository(tx, row, before, None)
    tx.promise(DisconnectRepository(repository_id=row.id), workspace_id=row.workspace_id)


def workspace_stream(row: GitRepository) -> Stream:
    """The stream in which a connection's changes are recorded."""
    return Stream(StreamKind.WORKSPACE, row.workspace_id, row.workspace_id)


async def _authorise(runtime: Runtime, principal: Principal, workspace_id: UUID) -> str:
    """Let only admins through; the token to act with."""
    async with runtime.database.reading() as session:
        await open_workspace(session, principal, workspace_id, Role.ADMIN)
    return await person_token(runtime, principal.user_id)


def _administers(found: RepositoryObject) -> bool:
    return found.permissions.get("admin", False)


def _store(
    tx: Transaction,
    row: GitRepository | None,
    workspace_id: UUID,
    user_id: UUID,
    found: RepositoryObject,
) -> GitRepository:
    if row is None:
        row = GitRepository(
            id=new_id(), workspace_id=workspace_id, github_id=found.id, created_at=tx.now
        )
        tx.session.add(row)
    identity = found.identity()
    row.owner, row.name = identity.owner, identity.name
    row.default_branch, row.private = identity.default_branch, identity.private
    row.github_updated_at = identity.as_of
    row.permissions = dict(found.permissions)
    row.connected_by = user_id
    row.active, row.health, row.problem = True, Health.CONNECTING, None
    return row
