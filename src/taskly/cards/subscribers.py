"""What cards do when something changes further up."""

from collections.abc import Sequence

from taskly.boards.events import ColumnUpdated
from taskly.boards.rules import Category
from taskly.cards.clearing import follow_category
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


@reacts_to(ColumnUpdated)
async def follow_categories(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """The cards of a column that got another category are not begun, begun or done from now on."""
    for change in changes:
        if "category" in change.data["after"]:
            category = Category(change.data["after"]["category"])
            await follow_category(tx, change.data["id"], category)
