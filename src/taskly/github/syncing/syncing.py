"""Fetching what GitHub holds, to learn it in the same way as what it tells."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.webhooks import reaching, set_health
from taskly.github.errors import GitHubNotFound
from taskly.github.jobs import RefreshPullRequest
from taskly.github.learning.learning import learn
from taskly.github.models import Health
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import PullRequestObject
from taskly.github.rules.facts import Told
from taskly.platform.context import Actor
from taskly.platform.jobs.work import Work

OPEN_PAGES = 3
CLOSED_PAGES = 2
LATELY = timedelta(days=14)
"""So old may merged pull requests be that a first synchronisation still fetches."""


async def sync_repository(work: Work, repository_id: UUID) -> None:
    """Learn the open and the lately merged pull requests of a connection.

    The reviews, checks and commits of open ones are fetched by a job for each.
    """
    async with reaching(work, repository_id) as reach:
        if reach is None or not reach.row.active:
            return
        await _learn_identity(work, reach.github, repository_id, reach.row.full_name)
        done, open_numbers = 0, []
        async for pull in _open_and_merged(work, reach.github, reach.row.full_name):
            told = Told(pull_requests=(pull.facts(asked=True),))
            await _learn(work, repository_id, told)
            if pull.state == "open":
                open_numbers.append(pull.number)
            done += 1
            await work.progress(done)
        async with work.last_transaction(result={"pull_requests": done}) as tx:
            row = await repository.lock_repository(tx.session, repository_id)
            if row is None or not row.active:
                return
            row.last_sync_at = tx.now
            if row.webhook_id is not None:
                await set_health(tx, row, Health.HEALTHY, None)
            for number in open_numbers:
                job = RefreshPullRequest(repository_id=repository_id, number=number)
                tx.promise(job, workspace_id=row.workspace_id)


async def refresh_pull_request(work: Work, repository_id: UUID, number: int) -> None:
    """Learn how a pull request stands now, with its reviews, checks and commits."""
    async with reaching(work, repository_id) as reach:
        if reach is None or not reach.row.active:
            return
        try:
            told = await _ask(reach.github, reach.row.full_name, number)
        except GitHubNotFound:
            return  # It went with its repository, whose own problem is shown elsewhere.
        async with work.last_transaction(Actor.github()) as tx:
            cause = {"asked": True}
            await learn(tx, work.runtime.settings, repository_id, told, cause)


async def _ask(github: GitHub, full_name: str, number: int) -> Told:
    pull = (await github.pull_request(full_name, number)).facts(asked=True)
    reviews = [review.facts(number) for review in await github.reviews(full_name, number)]
    runs = await github.check_runs(full_name, pull.head_sha)
    statuses = await github.statuses(full_name, pull.head_sha)
    commits = await github.commits(full_name, number)
    return Told(
        pull_requests=(pull,),
        reviews=tuple(review for review in reviews if review is not None),
        checks=(
            *(run.facts() for run in runs),
            *(status.facts(pull.head_sha) for status in statuses),
        ),
        commits=tuple(commit.facts(pull.head) for commit in commits),
    )


async def _open_and_merged(
    work: Work, github: GitHub, full_name: str
) -> AsyncIterator[PullRequestObject]:
    async for pull in github.pull_requests(full_name, state="open", pages=OPEN_PAGES):
        yield pull
    since = work.runtime.clock.now() - LATELY
    async for pull in github.pull_requests(full_name, state="closed", pages=CLOSED_PAGES):
        if pull.updated_at < since:
            return
        if pull.merged_at is not None:
            yield pull


async def _learn_identity(work: Work, github: GitHub, repository_id: UUID, full_name: str) -> None:
    found = await github.repository(full_name)
    await _learn(work, repository_id, Told(identity=found.identity()))


async def _learn(work: Work, repository_id: UUID, told: Told) -> None:
    async with work.transaction(Actor.github()) as tx:
        await learn(tx, work.runtime.settings, repository_id, told, {"synchronised": True})
