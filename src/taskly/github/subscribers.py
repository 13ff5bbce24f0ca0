"""What GitHub's side does when cards come and go: what hangs on a card goes and comes with it."""

from taskly.cards.events import CardArchived, CardDeleted, CardRestored
from taskly.github import facts_repository as facts
from taskly.github.recording import (
    branch_state,
    pull_request_state,
    record_branch,
    record_pull_request,
)
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to


@reacts_to(CardArchived, CardDeleted)
async def take_off_the_board(tx: Transaction, recorded: Recorded) -> None:
    """A card's branches and pull requests leave the board with it."""
    if recorded.card_id is None:
        return
    for found in await facts.branches_of_card(tx.session, recorded.card_id):
        record_branch(tx, found.branch, branch_state(found.branch, found.repository), None)
    for row in await facts.pull_requests_of_card(tx.session, recorded.card_id):
        before = pull_request_state(row.link, row.pull, row.repository)
        record_pull_request(tx, row.link, before, None)


@reacts_to(CardRestored)
async def put_back_on_the_board(tx: Transaction, recorded: Recorded) -> None:
    """They come back with it, as they are by now."""
    if recorded.card_id is None:
        return
    for found in await facts.branches_of_card(tx.session, recorded.card_id):
        record_branch(tx, found.branch, None, branch_state(found.branch, found.repository))
    for row in await facts.pull_requests_of_card(tx.session, recorded.card_id):
        after = pull_request_state(row.link, row.pull, row.repository)
        record_pull_request(tx, row.link, None, after)
