"""Showing cards to the reviewers of their pull requests, where a board wants that.

One comment for each card of a pull request, in the name of whoever connected the repository. It has a mark that
nobody sees, by which it is found again: so an attempt whose answer got lost makes no second one.
"""

from collections.abc import Sequence
from uuid import UUID

from taskly.github.connections.webhooks import reaching
from taskly.github.errors import GitHubForbids, GitHubNotFound, GitHubRefuses
from taskly.github.jobs import ShowCard
from taskly.github.pull_requests import draft_repository, link_repository
from taskly.github.rules.automation import read_automation
from taskly.github.rules.card_text import comment_mark, comment_of
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.jobs.work import GiveUp, Work

IN_REVIEW = frozenset({PullRequestState.OPEN, PullRequestState.DRAFT})


async def promise_comments(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Promise a comment for each open pull request that was linked on a board that wants some."""
    linked = [change for change in changes if change.data["after"]["state"] in IN_REVIEW]
    if not linked:
        return
    board_ids = {change.stream.id for change in linked}
    automation = await link_repository.automation_of(tx.session, board_ids)
    for change in linked:
        if read_automation(automation.get(change.stream.id, {})).comment_on_pull_requests:
            job = ShowCard(link_id=change.data["id"])
            tx.promise(job, workspace_id=change.stream.workspace_id)


async def show_card(work: Work, link_id: UUID) -> None:
    """Comment on a pull request once, unless it is over or somebody took it off its card.

    Raises:
        GiveUp: GitHub does not take the comment.
        Retry: GitHub's limit is reached, or it asks to be left alone for a while.
    """
    async with work.reading() as session:
        found = await link_repository.shown_link(session, link_id)
        if found is None or found.pull.state not in IN_REVIEW:
            return
        public_url = work.runtime.settings.public_url
        card = await draft_repository.card_text(session, found.link.card_id, public_url)
    async with reaching(work, found.repository.id) as reach:
        if card is None or reach is None or not reach.row.active:
            return
        name, number = reach.row.full_name, found.pull.number
        try:
            if not await reach.github.has_comment(name, number, comment_mark(card.id)):
                await reach.github.create_comment(name, number, comment_of(card))
        except (GitHubForbids, GitHubNotFound, GitHubRefuses) as error:
            # Nothing is wrong with the connection because a conversation is locked.
            raise GiveUp(str(error)) from error
