"""What boards do when something changes further up."""

from collections.abc import Sequence

from taskly.boards import repository
from taskly.boards.events import BoardDeleted
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.workspaces.events import WorkspaceDeleted


@reacts_to(WorkspaceDeleted)
async def end_with_the_workspace(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """The log of each board says how the board ended. Its row goes with that of the workspace."""
    for change in changes:
        for board in await repository.all_boards_of(tx.session, change.stream.workspace_id):
            before = {"name": board.name, "key": board.key}
            tx.record(board.id, BoardDeleted(id=board.id, before=before, after=None))
