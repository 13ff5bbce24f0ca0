"""Making, setting and removing the webhooks of connections; run by workers.

A connection through the GitHub App has none of its own: the app's webhook tells of all its repositories.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import note_problem, set_health, still_refused
from taskly.github.connections.installations import another_installation
from taskly.github.connections.left_webhooks import promise_removal
from taskly.github.deliveries.payloads import EVENTS
from taskly.github.deliveries.webhook_secrets import read_secret
from taskly.github.errors import (
    REFUSALS,
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubUnavailable,
    HookUnreachable,
)
from taskly.github.jobs import ConnectRepository, FollowInstallation, ReconcileRepository
from taskly.github.models import ERROR_LENGTH, GitRepository, Health, Via
from taskly.github.remote.accounts import github_of
from taskly.github.remote.client import GitHub
from taskly.github.urls import hook_url
from taskly.platform.db.session import Transaction
from taskly.platform.jobs.work import GiveUp, Retry, Work
from taskly.workspaces.repository import has_ended

_NOT_SEEN = (AppShutOut, GitHubNotFound)
"""What an installation is told that does not see a repository any more."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A connection as it was, and GitHub as it acts there by itself."""

    row: GitRepository
    github: GitHub


@asynccontextmanager
async def reaching(
    work: Work, repository_id: UUID, *, sparing: bool = False
) -> AsyncIterator[Reach | None]:
    """Do something at a repository's GitHub; None if there is no such connection.

    What nobody waits for is `sparing` with the account's limit. While GitHub refuses the person's access, nothing is
    asked, see `access_lost`.

    A refusal is shown as the connection's problem and ends the job; a limit or a pause puts it off.

    Raises:
        GiveUp: GitHub refuses, and asking again would not help.
        Retry: GitHub's limit is reached, or it asks to be left alone for a while.
    """
    asked_at = work.runtime.clock.now()
    async with work.reading() as session:
        row = await repository.repository_row(session, repository_id)
    if row is None:
        yield None
        return
    if row.active and await still_refused(work, row):
        raise GiveUp(f"{row.problem}")
    try:
        yield Reach(row, await github_of(work.runtime, row, sparing=sparing))
    except REFUSALS as error:
        if not await _goes_over(work, row, error):
            await note_problem(work, row, error, asked_at=asked_at)
        raise GiveUp(str(error)) from error
    except (GitHubRateLimited, GitHubUnavailable) as error:
        if error.wait_seconds is not None:
            raise Retry(str(error), after=error.wait_seconds) from error
        if work.last_attempt:
            await note_problem(work, row, error, asked_at=asked_at)
        raise


async def _goes_over(work: Work, row: GitRepository, refusal: Exception) -> bool:
    """Whether another installation of the app sees the repository, of which nothing was told; the connection follows it."""
    if row.via is Via.TOKEN or not row.active or not isinstance(refusal, _NOT_SEEN):
        return False
    try:
        installation_id = await another_installation(work.runtime, row)
    except (*REFUSALS, GitHubRateLimited, GitHubUnavailable):
        return False
    if installation_id is None:
        return False
    async with work.transaction() as tx:
        tx.promise(FollowInstallation(installation_id=installation_id))
    return True


async def ensure_webhook(work: Work, repository_id: UUID) -> None:
    """Make a connection's webhook, or set the one that is there; then fetch what GitHub holds."""
    async with reaching(work, repository_id) as reach:
        if reach is None or not reach.row.active:
            return
        is_told_by_app = reach.row.via is Via.APP
        try:
            hook_id = None if is_told_by_app else await _make(work, reach)
        except HookUnreachable as error:
            await _go_without(work, repository_id, str(error))
            return
        except REFUSALS:
            # Without a webhook nothing new will be told, but what there is can be fetched.
            async with work.transaction() as tx:
                promise_sync(tx, reach.row)
            raise
        async with work.last_transaction() as tx:
            row = await repository.lock_repository(tx.session, repository_id)
            if row is None or await has_ended(tx.session, row.workspace_id):
                # The workspace was deleted while the webhook was made.
                if not is_told_by_app:
                    promise_removal(tx, reach.row, hook_id, reach.row.connected_by)
                return
            if row.via is not reach.row.via:
                # It was handed over in the meantime; the job that was promised then sees to the rest.
                if not is_told_by_app:
                    promise_removal(tx, reach.row, hook_id, reach.row.connected_by)
                return
            row.webhook_id, row.webhook_refusal = hook_id, None
            if row.webhook_secret == reach.row.webhook_secret:
                row.previous_webhook_secret = None
            if row.active:
                await set_health(tx, row, Health.HEALTHY, None)
                promise_sync(tx, row)


async def _go_without(work: Work, repository_id: UUID, reason: str) -> None:
    """GitHub can't reach this installation, so it is asked from time to time: nothing is wrong with that."""
    async with work.last_transaction() as tx:
        row = await repository.lock_repository(tx.session, repository_id)
        if row is None or not row.active:
            return
        row.webhook_id, row.webhook_refusal = None, reason[:ERROR_LENGTH]
        await set_health(tx, row, Health.HEALTHY, None)
        promise_sync(tx, row)


async def remove_webhook(work: Work, repository_id: UUID) -> None:
    """Take the webhook of a disconnected repository away."""
    async with reaching(work, repository_id) as reach:
        if reach is None or reach.row.active or reach.row.via is Via.APP:
            return
        if reach.row.gone_at is not None:
            return  # It went with its repository.
        hook_id = reach.row.webhook_id
        if hook_id is None:
            url = hook_url(work.runtime.settings.public_url, repository_id)
            found = await reach.github.find_hook(reach.row.full_name, url)
            hook_id = None if found is None else found.id
        if hook_id is not None:
            await reach.github.delete_hook(reach.row.full_name, hook_id)
        async with work.last_transaction() as tx:
            row = await repository.lock_repository(tx.session, repository_id)
            if row is None:
                return
            if row.active:
                # Connected again in the meantime, perhaps with the very webhook that is gone now.
                tx.promise(ConnectRepository(repository_id=row.id), workspace_id=row.workspace_id)
            row.webhook_id = None


async def give_up_webhook(tx: Transaction, repository_id: UUID, reason: str) -> None:
    """Show on a connection that the job which was to make its webhook died."""
    row = await repository.lock_repository(tx.session, repository_id)
    if row is None or not row.active or row.health is Health.FAILING:
        return
    if row.health is Health.CONNECTING or not row.has_webhook:
        await set_health(tx, row, Health.FAILING, reason)


async def _make(work: Work, reach: Reach) -> int:
    """The id of the connection's webhook, made or set. Found by its address, so it is made once."""
    row, github = reach.row, reach.github
    url = hook_url(work.runtime.settings.public_url, row.id)
    secret = read_secret(work.runtime.encryption, row)
    events = sorted(EVENTS)
    try:
        hook = await github.find_hook(row.full_name, url)
        if hook is None:
            return (
                await github.create_hook(row.full_name, url=url, secret=secret, events=events)
            ).id
        await github.update_hook(row.full_name, hook.id, url=url, secret=secret, events=events)
    except (GitHubForbids, GitHubNotFound):
        raise GitHubForbids(
            f"GitHub does not let the account that connected {row.full_name} make its webhook: "
            "somebody who administers the repository has to connect it again. Until then Taskly asks GitHub itself."
        ) from None
    return hook.id


def promise_sync(tx: Transaction, row: GitRepository) -> None:
    """Promise to fetch what GitHub holds."""
    tx.promise(ReconcileRepository(repository_id=row.id), workspace_id=row.workspace_id)
