"""Connecting repositories to a workspace and taking them away again.

A person's request asks GitHub what the account may do, then writes the connection together with the
promise of its webhook. A worker makes the webhook; it knows it again by its address, so an attempt that
was killed anywhere is simply made again. No database session is held while GitHub is asked.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.authorising import authorise
from taskly.github.connections.unlinking import take_links_away
from taskly.github.deliveries.webhook_secrets import renew_secret
from taskly.github.errors import (
    GitHubNotFound,
    NotAnAdministrator,
    RepositoryArchived,
    RepositoryConnected,
)
from taskly.github.facts.descriptions import write_identity
from taskly.github.jobs import ConnectRepository, DisconnectRepository
from taskly.github.models import GitRepository, Health
from taskly.github.recording import record_repository, repository_state
from taskly.github.remote.accounts import github_for
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.permissions import permission_in, why_not_connected
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class Connecting:
    """A connection, and the job that makes its webhook."""

    repository: GitRepository
    job_id: UUID


async def connect(
    runtime: Runtime, tx: Transaction, principal: Principal, workspace_id: UUID, full_name: str
) -> Connecting:
    """Connect a repository, or connect one again. Nothing is asked in the transaction before GitHub answered.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        GitHubNotFound: there is no such repository, or the account may not see it.
        NotAnAdministrator: the account may not make a webhook there.
        RepositoryArchived: it is read-only.
        RepositoryConnected: it is connected to this workspace.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    token = await authorise(runtime, principal, workspace_id)
    try:
        found = await github_for(runtime, token).repository(full_name)
    except GitHubNotFound:
        raise GitHubNotFound(
            f"GitHub has no repository {full_name}, or does not show it to your account."
        ) from None
    check_permission(found)
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


def check_permission(found: RepositoryObject) -> None:
    """Let through who may connect a repository.

    Raises:
        NotAnAdministrator: the account may not make a webhook there.
        RepositoryArchived: it is read-only.
    """
    permission = permission_in(found.permissions)
    reason = why_not_connected(found.full_name, permission, archived=found.archived)
    if reason is not None:
        raise RepositoryArchived(reason) if found.archived else NotAnAdministrator(reason)


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
    write_identity(row, found.identity())
    row.permissions = dict(found.permissions)
    row.connected_by = user_id
    row.active, row.health, row.problem = True, Health.CONNECTING, None
    row.gone_at = row.refused_at = None
    return row
