"""Draft pull requests that people ask for, made once, in their name.

GitHub has no keys for idempotency, and takes one open pull request from a branch into another. So an attempt
looks for it before it makes one: what an earlier attempt made, or somebody by hand, is found and linked.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.cards.access import open_card_for_taskly
from taskly.cards.errors import CardIsArchived
from taskly.cards.models import CardAccess
from taskly.github import repository
from taskly.github.branches.refusals import noting_refusals
from taskly.github.errors import GitHubForbids, GitHubNotFound, GitHubRefuses, NoBranch
from taskly.github.facts import branch_repository
from taskly.github.jobs import CreatePullRequest
from taskly.github.learning.learning import learn
from taskly.github.models import GitRepository
from taskly.github.pull_requests import draft_repository, link_repository
from taskly.github.pull_requests.linking import put_on_card
from taskly.github.pull_requests.schemas import DraftPullRequest
from taskly.github.remote.accounts import github_for_person
from taskly.github.remote.client import GitHub
from taskly.github.remote.in_jobs import heeding_github
from taskly.github.remote.resources import PullRequestObject
from taskly.github.rules.card_text import CardText, card_named_by, description_of, title_of
from taskly.github.rules.facts import Told
from taskly.github.rules.linking import LinkSource
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.jobs.work import GiveUp, Work


async def ask_for_draft(
    tx: Transaction, access: CardAccess, user_id: UUID, wanted: DraftPullRequest
) -> UUID:
    """Promise a draft pull request from a branch of a card whose board is locked; the job's id.

    Raises:
        CardIsArchived: the card is in the archive.
        NoBranch: the card has no such branch, or none, or several and none was named.
    """
    if access.card.archived_at is not None:
        raise CardIsArchived
    found = await draft_repository.some_branches(tx.session, access.card.id, wanted.branch_id)
    if len(found) != 1:
        raise NoBranch(_which_branch(wanted, several=len(found) > 1))
    job = CreatePullRequest(
        branch_id=found[0].id, user_id=user_id, base=wanted.base, title=wanted.title
    )
    return tx.promise(job, workspace_id=found[0].workspace_id)


async def make_draft(work: Work, job: CreatePullRequest) -> None:
    """Make a pull request that was asked for, or find the one that is there, and link it to its card.

    Raises:
        GiveUp: there can't be one; the reason says what to do.
        Retry: GitHub's limit is reached, or it asks to be left alone.
    """
    async with heeding_github(), noting_refusals(work, job.branch_id, job.user_id):
        making = await _begin(work, job)
        pull = await _find_or_make(making)
        async with work.transaction(Actor.github(job.user_id)) as tx:
            told = Told(pull_requests=(pull.facts(asked=True),))
            cause = {"job_id": str(work.job_id)}
            await learn(tx, work.runtime.settings, making.row.id, told, cause)
        await _link(work, job, making, pull)


@dataclass(frozen=True, slots=True)
class _Making:
    """A pull request on its way."""

    github: GitHub
    row: GitRepository
    card: CardText
    head: str
    base: str
    title: str


async def _begin(work: Work, job: CreatePullRequest) -> _Making:
    async with work.reading() as session:
        found = await branch_repository.branch_with_repository(session, job.branch_id)
        if found is None or not found.repository.active:
            raise GiveUp("The card does not have this branch any more.")
        if found.repository.archived:
            raise GiveUp(f"{found.repository.full_name} is archived at GitHub: unarchive it first.")
        public_url = work.runtime.settings.public_url
        card = await draft_repository.card_text(session, found.branch.card_id, public_url)
    if card is None:
        raise GiveUp("The card is in the archive by now.")
    github = await github_for_person(work.runtime, job.user_id, found.repository)
    base = job.base or found.repository.default_branch
    title = job.title or title_of(card)
    return _Making(github, found.repository, card, found.branch.name, base, title)


async def _find_or_make(making: _Making) -> PullRequestObject:
    name, head, base = making.row.full_name, making.head, making.base
    try:
        found = await making.github.pull_request_from(name, head, base)
        if found is not None:
            return found
        try:
            return await making.github.create_pull_request(
                name,
                head,
                base,
                title=making.title,
                body=description_of(making.card),
                draft=True,
            )
        except GitHubRefuses:
            # Perhaps somebody was faster.
            found = await making.github.pull_request_from(name, head, base)
            if found is None:
                raise
            return found
    except (GitHubForbids, GitHubNotFound):
        raise GitHubForbids(
            f"Your GitHub account may not open pull requests in {name}: ask for write access."
        ) from None


async def _link(
    work: Work, job: CreatePullRequest, making: _Making, pull: PullRequestObject
) -> None:
    card_id, number = making.card.id, pull.number
    is_made = card_named_by(pull.body) == card_id
    source = LinkSource.CREATED if is_made else LinkSource.MANUAL
    result = {"repository": making.row.full_name, "number": number, "url": pull.html_url}
    async with work.last_transaction(Actor.github(job.user_id), result=result) as tx:
        row = await repository.lock_repository(tx.session, making.row.id)
        access = await open_card_for_taskly(tx, card_id)
        if row is None or not row.active or access is None:
            return
        if access.card.archived_at is not None or access.board.archived_at is not None:
            return
        known = await link_repository.pull_request_numbered(tx.session, row.id, number)
        if known is not None:
            cause = {"job_id": str(work.job_id)}
            await put_on_card(tx, access, row, known, source, cause)


def _which_branch(wanted: DraftPullRequest, *, several: bool) -> str:
    if wanted.branch_id is not None:
        return "The card has no such branch."
    if several:
        return "The card has several branches: name one by branch_id."
    return "The card has no branch yet: create one, and push a commit to it."
