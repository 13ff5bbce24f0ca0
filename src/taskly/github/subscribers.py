"""What GitHub's side does when cards come and go: what hangs on a card goes and comes with it. And what it
does when a workspace goes.
"""

from collections.abc import Sequence
from uuid import UUID

from taskly.boards.events import BoardUpdated
from taskly.cards.events import (
    CardArchived,
    CardDeleted,
    CardLeft,
    CardRestored,
    CardUndeleted,
    CardUpdated,
)
from taskly.github import repository
from taskly.github.connections.left_webhooks import promise_removals
from taskly.github.events import PullRequestLinked, PullRequestUnlinked
from taskly.github.facts import facts_repository as facts
from taskly.github.models import GitRepository
from taskly.github.pull_requests import showing, taking_back
from taskly.github.recording import (
    branch_state,
    pull_request_state,
    record_branch,
    record_pull_request,
)
from taskly.history.undoing import takes_back
from taskly.platform.db.session import Transaction
from taskly.platform.db.tenants import locked_before_boards
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.workspaces.events import WorkspaceDeleted

locked_before_boards(GitRepository.__tablename__)
takes_back(PullRequestLinked.type, taking_back.linking_back)
takes_back(PullRequestUnlinked.type, taking_back.unlinking_back)


@reacts_to(CardArchived, CardDeleted)
async def take_off_the_board(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """A card's branches and pull requests leave the board with it."""
    for found in await facts.branches_of_cards(tx.session, _cards(changes)):
        record_branch(tx, found.branch, branch_state(found.branch, found.repository), None)
    for row in await facts.pull_requests_of_cards(tx.session, _cards(changes)):
        before = pull_request_state(row.link, row.pull, row.repository)
        record_pull_request(tx, row.link, before, None)


@reacts_to(CardRestored, CardUndeleted)
async def put_back_on_the_board(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """They come back with it, as they are by now."""
    for found in await facts.branches_of_cards(tx.session, _cards(changes)):
        record_branch(tx, found.branch, None, branch_state(found.branch, found.repository))
    for row in await facts.pull_requests_of_cards(tx.session, _cards(changes)):
        after = pull_request_state(row.link, row.pull, row.repository)
        record_pull_request(tx, row.link, None, after)


@reacts_to(CardLeft)
async def go_along(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """A card's branches and pull requests go to another board with it; their rows are there already."""
    left = {change.card_id: change.stream.id for change in changes if change.card_id is not None}
    for found in await facts.branches_of_cards(tx.session, left.keys()):
        state = branch_state(found.branch, found.repository)
        record_branch(tx, found.branch, state, None, board_id=left[found.branch.card_id])
        record_branch(tx, found.branch, None, state)
    for row in await facts.pull_requests_of_cards(tx.session, left.keys()):
        shown = pull_request_state(row.link, row.pull, row.repository)
        record_pull_request(tx, row.link, shown, None, board_id=left[row.link.card_id])
        record_pull_request(tx, row.link, None, shown)


@reacts_to(PullRequestLinked)
async def show_to_reviewers(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Where a board wants it, a comment on the pull request shows the card."""
    await showing.promise_comments(tx, changes)


@reacts_to(CardUpdated)
async def show_again_to_reviewers(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """It follows the card's title and criteria."""
    await showing.promise_updates(tx, changes)


@reacts_to(BoardUpdated)
async def show_no_more(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Comments go when their board wants none any more."""
    await showing.promise_removals(tx, changes)


@reacts_to(WorkspaceDeleted)
async def leave_github(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Connections end with their workspace. They are gone soon, and then nothing here knows their webhooks."""
    for change in changes:
        await promise_removals(tx, change.stream.workspace_id)
        await repository.end_connections(tx.session, change.stream.workspace_id)


def _cards(changes: Sequence[Recorded]) -> set[UUID]:
    """The cards that were or are on the board. One that was deleted from the archive was not."""
    return {
        change.card_id
        for change in changes
        if change.card_id is not None
        and "archived_at" not in (change.data["before"] or change.data["after"])
    }
