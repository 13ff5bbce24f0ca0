"""Connecting repositories to a workspace and taking them away again.

A person's request asks GitHub what the account may do, then writes the connection together with the
promise of its webhook. A worker makes the webhook; it knows it again by its address, so an attempt that
was killed anywhere is simply made again. Through the GitHub App there is no webhook to make: see `installations`.
No database session is held while GitHub is asked.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.authorising import authorise
from taskly.github.connections.installations import WayIn, find_way_in
from taskly.github.connections.left_webhooks import promise_removal
from taskly.github.connections.unlinking import take_links_away
from taskly.github.deliveries.webhook_secrets import renew_secret
from taskly.github.errors import RepositoryConnected
from taskly.github.facts.descriptions import write_identity
from taskly.github.jobs import ConnectRepository, DisconnectRepository
from taskly.github.models import GitRepository, Health, Via
from taskly.github.recording import record_repository, repository_state
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
    await authorise(runtime, principal, workspace_id)
    way = await find_way_in(runtime, principal.user_id, full_name)
    found = way.repository
    row = await repository.repository_by_github_id(tx.session, workspace_id, found.id)
    await open_workspace_to_change(tx, principal, workspace_id, Role.ADMIN)
    if row is not None and row.active:
        raise RepositoryConnected(f"{row.full_name} is connected to this workspace already.")
    if row is None:
        row = GitRepository(
            id=new_id(), workspace_id=workspace_id, github_id=found.id, created_at=tx.now
        )
        tx.session.add(row)
    write_identity(row, found.identity())
    row.active, row.connected_at = True, tx.now
    stand_behind(tx, row, principal.user_id, way)
    if row.via is Via.TOKEN:
        renew_secret(runtime.encryption, row)
    await tx.session.flush()
    record_repository(tx, row, None, repository_state(row))
    job = ConnectRepository(repository_id=row.id)
    return Connecting(row, tx.promise(job, workspace_id=workspace_id))


def stand_behind(tx: Transaction, row: GitRepository, user_id: UUID, way: WayIn) -> None:
    """Let a person, or the app, act for a connection from now on. Its webhook has to be looked after then."""
    if row.webhook_id is not None and way.installation_id is not None:
        # The app's webhook tells the same. Whoever lost their access can't take their own away any more.
        who = user_id if row.health is Health.FAILING else row.connected_by
        promise_removal(tx, row, row.webhook_id, who)
        row.webhook_id = None
    if (row.installation_id is None) is not (way.installation_id is None):
        row.heard_at = row.silent_since = None  # That one webhook arrives says nothing of another.
    row.connected_by, row.installation_id = user_id, way.installation_id
    row.permissions = way.permissions
    row.health = Health.CONNECTING
    row.gone_at = row.refused_at = row.problem = None


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
    if row.via is Via.TOKEN:
        tx.promise(DisconnectRepository(repository_id=row.id), workspace_id=row.workspace_id)
