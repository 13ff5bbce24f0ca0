"""Following the GitHub App's installations: suspended, taken off, unsuspended, put on again, narrowed, widened.

What GitHub tells of an installation is only a reason to ask how it stands now. So it does not matter in which order
that is told, or how often. An installation that was made anew has another id: connections go over to it.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import not_chosen, shut_out
from taskly.github.connections.webhooks import promise_sync
from taskly.github.errors import AppShutOut, GitHubNotFound
from taskly.github.jobs import FollowInstallation
from taskly.github.models import Health, Via
from taskly.github.remote.accounts import github_app, github_of_installation
from taskly.github.remote.app import UNINSTALLED, GitHubApp
from taskly.github.remote.client import GitHub
from taskly.github.remote.in_jobs import heeding_github
from taskly.github.remote.understanding import SUSPENDED
from taskly.platform.db.session import Transaction
from taskly.platform.jobs.work import Work

PAGES = 100


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an installation stands: what it sees, or why it may do nothing."""

    id: int
    problem: str | None = None
    sees: frozenset[int] = frozenset()
    is_whole: bool = False


async def follow_installation(work: Work, job: FollowInstallation) -> None:
    """Let the connections of an installation show how it stands; those that go on are compared with GitHub.

    Raises:
        GiveUp: GitHub does not know the app.
        Retry: GitHub's limit is reached, or it asks to be left alone for a while.
    """
    async with heeding_github():
        app = await github_app(work.runtime, sparing=True)
        if app is None:
            return
        standing = await _ask(work, app, job.installation_id)
    async with work.reading() as session:
        ids = await repository.connections_of(session, standing.id, standing.sees)
    for repository_id in ids:
        async with work.transaction() as tx:
            await _follow(tx, repository_id, standing)


async def _ask(work: Work, app: GitHubApp, installation_id: int) -> _Standing:
    try:
        installation = await app.installation(installation_id)
    except GitHubNotFound:
        return _Standing(installation_id, UNINSTALLED)
    if installation.suspended_at is not None:
        return _Standing(installation_id, SUSPENDED)
    try:
        github = await github_of_installation(work.runtime, installation_id, sparing=True)
        sees, is_whole = await _seen(github)
    except AppShutOut as error:
        return _Standing(installation_id, str(error))
    return _Standing(installation_id, None, frozenset(sees), is_whole)


async def _seen(github: GitHub) -> tuple[set[int], bool]:
    """The repositories that the installation sees, and whether these are all."""
    sees: set[int] = set()
    for page in range(1, PAGES + 1):
        found, is_last = await github.installed_repositories(page)
        sees |= {each.id for each in found}
        if is_last:
            return sees, True
    return sees, False


async def _follow(tx: Transaction, repository_id: UUID, standing: _Standing) -> None:
    row = await repository.lock_repository(tx.session, repository_id)
    if row is None or not row.active or row.via is Via.TOKEN:
        return
    if row.github_id in standing.sees:
        is_other, row.installation_id = row.installation_id != standing.id, standing.id
        if is_other or row.health is Health.FAILING:
            promise_sync(tx, row)  # Which finds out whether all is well: it may lack a permission.
    elif row.gone_at is not None:
        return  # No app sees what was deleted; that is what is shown.
    elif row.installation_id == standing.id and standing.problem is not None:
        await shut_out(tx, row, standing.problem)
    elif row.installation_id == standing.id and standing.is_whole:
        await shut_out(tx, row, not_chosen(row))
