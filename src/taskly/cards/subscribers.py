"""What cards do when something changes further up."""

from collections.abc import Sequence

from taskly.cards.tasks import UnassignMember
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.workspaces.events import MemberRemoved


@reacts_to(MemberRemoved)
async def take_off_cards(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Somebody who left the workspace comes off its cards: a job, as each board has a lock of its own."""
    for change in changes:
        workspace_id = change.stream.workspace_id
        tx.promise(
            UnassignMember(workspace_id=workspace_id, user_id=change.data["id"]),
            workspace_id=workspace_id,
        )
