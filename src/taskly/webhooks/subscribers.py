"""What webhooks do when something changes further up."""

from collections.abc import Sequence

from taskly.boards.events import BoardDeleted
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.models import StreamKind
from taskly.platform.events.reactions import reacts_to
from taskly.webhooks import repository
from taskly.workspaces.events import WorkspaceDeleted


@reacts_to(WorkspaceDeleted)
async def fall_silent(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Webhooks of a workspace that has ended are told nothing more, not even that."""
    for change in changes:
        await repository.pause_all(tx.session, change.stream.workspace_id)


@reacts_to(BoardDeleted)
async def follow_to_the_end(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """A board that goes is still read to its end, also by webhooks that have not begun to."""
    for change in changes:
        if change.stream.kind is StreamKind.BOARD:
            await repository.follow_to_the_end(
                tx.session, change.stream.workspace_id, [change.stream.id]
            )
