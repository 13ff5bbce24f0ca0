"""Showing cards to the reviewers of their pull requests, where a board wants that.

One comment for each card of a pull request, in the name of whoever connected the repository. It has a mark that
nobody sees, by which it is found again: so an attempt whose answer got lost makes no second one.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from taskly.github.connections.webhooks import reaching
from taskly.github.errors import GitHubForbids, GitHubNotFound, GitHubRefuses
from taskly.github.jobs import ShowCard
from taskly.github.pull_requests import draft_repository, link_repository
from taskly.github.remote.client import GitHub
from taskly.github.rules.automation import read_automation
from taskly.github.rules.card_text import CardText, comment_mark, comment_of
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.log import Recorded
from taskly.platform.jobs.work import GiveUp, Work

SHOWN = frozenset({"title", "acceptance_criteria"})
"""What the comment shows of a card."""
GATHERING = timedelta(minutes=1)
"""So long further changes are waited for."""
IN_REVIEW = frozenset({PullRequestState.OPEN, PullRequestState.DRAFT})


async def promise_comments(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Promise a comment for each open pull request that was linked on a board that wants some."""
    linked = [change for change in changes if change.data["after"]["state"] in IN_REVIEW]
    if not linked:
        return
    board_ids = {change.stream.id for change in linked}
    automation = await link_repository.automation_of(tx.session, board_ids)
    for change in linked:
        if _wants(automation.get(change.stream.id, {})):
            job = ShowCard(link_id=change.data["id"])
            tx.promise(job, workspace_id=change.stream.workspace_id)


async def promise_updates(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Promise to bring comments up to date with the cards that they show: at most one promise a minute each."""
    card_ids = {
        change.card_id
        for change in changes
        if change.card_id is not None and not SHOWN.isdisjoint(change.data["after"])
    }
    if not card_ids:
        return
    for shown in await link_repository.open_links_of(tx.session, card_ids):
        if _wants(shown.automation):
            tx.promise(
                ShowCard(link_id=shown.link_id, again=True),
                workspace_id=shown.workspace_id,
                key=f"{shown.link_id}:{tx.now:%Y-%m-%dT%H:%M}",
                delay=GATHERING,
            )


async def promise_removals(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Promise to take comments away where boards want none any more: nobody would keep them up to date."""
    for change in changes:
        before, after = change.data["before"], change.data["after"]
        if (
            "automation" in after
            and _wants(before["automation"])
            and not _wants(after["automation"])
        ):
            for link_id in await link_repository.open_links_on(tx.session, change.stream.id):
                job = ShowCard(link_id=link_id, again=True)
                tx.promise(job, workspace_id=change.stream.workspace_id)


def _wants(automation: JsonObject) -> bool:
    return read_automation(automation).comment_on_pull_requests


async def show_card(work: Work, link_id: UUID, *, again: bool) -> None:
    """Comment on a pull request once, unless it is over or somebody took it off its card; or write it anew.

    Where the board wants no comment by now, the one that is there is taken away.

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
        board_id = found.link.board_id
        automation = await link_repository.automation_of(session, {board_id})
    async with reaching(work, found.repository.id) as reach:
        if card is None or reach is None or not reach.row.active:
            return
        name, number = reach.row.full_name, found.pull.number
        try:
            if _wants(automation.get(board_id, {})):
                await _write(reach.github, name, number, card, again=again)
            else:
                await _take_away(reach.github, name, number, card)
        except (GitHubForbids, GitHubNotFound, GitHubRefuses) as error:
            # Nothing is wrong with the connection because a conversation is locked.
            raise GiveUp(str(error)) from error


async def _write(github: GitHub, name: str, number: int, card: CardText, *, again: bool) -> None:
    wanted = comment_of(card)
    found = await github.find_comment(name, number, comment_mark(card.id))
    if found is None:
        if not again:
            await github.create_comment(name, number, wanted)
    elif again and found.body.replace("\r\n", "\n") != wanted:
        await github.update_comment(name, found.id, wanted)


async def _take_away(github: GitHub, name: str, number: int, card: CardText) -> None:
    found = await github.find_comment(name, number, comment_mark(card.id))
    if found is not None:
        await github.delete_comment(name, found.id)
