"""The webhooks of connections that went with their workspace: nothing of them is left here to go by."""

from uuid import UUID

from taskly.github import repository
from taskly.github.jobs import RemoveWebhook
from taskly.github.models import GitRepository
from taskly.github.remote.accounts import github_for, person_token
from taskly.github.remote.in_jobs import heeding_github
from taskly.github.urls import hook_url
from taskly.platform.db.session import Transaction
from taskly.platform.jobs.work import Work


async def promise_removals(tx: Transaction, workspace_id: UUID) -> None:
    """Promise to remove every webhook of a workspace that is being deleted."""
    for row in await repository.webhooks_of(tx.session, workspace_id):
        promise_removal(tx, row, row.webhook_id, row.connected_by)


def promise_removal(
    tx: Transaction, row: GitRepository, webhook_id: int | None, user_id: UUID | None
) -> None:
    """Promise to remove one in somebody's name; without an id it will be looked for by its address."""
    job = RemoveWebhook(
        repository_id=row.id,
        full_name=row.full_name,
        webhook_id=webhook_id,
        user_id=user_id,
    )
    tx.promise(job, workspace_id=row.workspace_id)


async def remove_left_webhook(work: Work, job: RemoveWebhook) -> None:
    """Remove a webhook at GitHub.

    Raises:
        GiveUp: GitHub refuses, and asking again would not help.
        Retry: GitHub's limit is reached, or it asks to be left alone for a while.
    """
    async with heeding_github():
        token = await person_token(work.runtime, job.user_id)
        github = github_for(work.runtime, token)
        hook_id = job.webhook_id
        if hook_id is None:
            url = hook_url(work.runtime.settings.public_url, job.repository_id)
            found = await github.find_hook(job.full_name, url)
            hook_id = None if found is None else found.id
        if hook_id is not None:
            await github.delete_hook(job.full_name, hook_id)
