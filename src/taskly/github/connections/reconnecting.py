"""Taking a connection over, or up again, in another account's name.

When the account that connected a repository lost its access, any admin who administers the repository at GitHub can
stand in for it: nothing is disconnected, no link is lost. The webhook is looked after by the same job as when a
repository is connected, and a comparison follows it.
"""

from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import workspace_stream
from taskly.github.connections.authorising import authorise
from taskly.github.connections.connecting import Connecting, stand_behind
from taskly.github.connections.installations import find_way_in
from taskly.github.deliveries.webhook_secrets import renew_secret
from taskly.github.jobs import ConnectRepository
from taskly.github.models import Via
from taskly.github.recording import record_repository, repository_state
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.models import Role


async def reconnect(
    runtime: Runtime, tx: Transaction, principal: Principal, repository_id: UUID
) -> Connecting:
    """Let the caller's account stand behind a connection from now on. Nothing is locked while GitHub is asked.

    Raises:
        NotFound: there is no such connection, or the caller is not in its workspace.
        Forbidden: the caller is no admin of the workspace.
        GitHubNotFound: the repository is gone, or the account may not see it.
        NotAnAdministrator: the account may not make a webhook there.
        RepositoryArchived: it is read-only.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    async with runtime.database.reading() as session:
        known = await repository.repository_row(session, repository_id)
    if known is None or not known.active:
        raise NotFound
    await authorise(runtime, principal, known.workspace_id)
    way = await find_way_in(runtime, principal.user_id, known.full_name, known_id=known.github_id)
    row = await repository.lock_repository(tx.session, repository_id)
    await open_workspace_to_change(tx, principal, known.workspace_id, Role.ADMIN)
    if row is None or not row.active:
        raise NotFound
    await tx.lock(workspace_stream(row))
    before = repository_state(row)
    stand_behind(tx, row, principal.user_id, way)
    if row.via is Via.TOKEN and row.webhook_secret is None:
        renew_secret(runtime.encryption, row)
    record_repository(tx, row, before, repository_state(row))
    job = ConnectRepository(repository_id=row.id)
    return Connecting(row, tx.promise(job, workspace_id=row.workspace_id))
