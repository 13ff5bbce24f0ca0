"""Taking a repository's branches and pull requests off the cards."""

from taskly.github.facts import facts_repository
from taskly.github.facts.facts_repository import Selection
from taskly.github.models import GitRepository
from taskly.github.recording import (
    branch_state,
    pull_request_state,
    record_branch,
    record_pull_request,
)
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind


async def take_links_away(tx: Transaction, row: GitRepository) -> None:
    """Take everything of a locked repository off the cards. What the log says of it stays."""
    everything = Selection(whole=True)
    for board_id in sorted(await facts_repository.boards_concerned(tx.session, row, everything)):
        await tx.lock(Stream(StreamKind.BOARD, board_id, row.workspace_id))
    pulls = {
        pull.id: pull for pull in await facts_repository.pull_requests(tx.session, row, everything)
    }
    links = await facts_repository.links(tx.session, pulls)
    branches = await facts_repository.branches(tx.session, row, everything)
    card_ids = {link.card_id for link in links} | {branch.card_id for branch in branches}
    hidden = await facts_repository.cards_in_archive(tx.session, card_ids)
    for link in sorted(links, key=lambda link: link.id):
        if link.card_id not in hidden:
            before = pull_request_state(link, pulls[link.pull_request_id], row)
            record_pull_request(tx, link, before, None)
    for branch in sorted(branches, key=lambda branch: branch.id):
        if branch.card_id not in hidden:
            record_branch(tx, branch, branch_state(branch, row), None)
    # What a person took away stays away when the repository is connected again.
    await facts_repository.delete_links(
        tx.session, [link.id for link in links if link.removed_at is None]
    )
    await facts_repository.delete_branches(tx.session, [branch.id for branch in branches])
