"""What notifications do when something changes further up."""

from collections.abc import Sequence

from taskly.cards.events import CardCreated, CardUpdated, CommentCreated, CommentUpdated
from taskly.github.events import ReviewRequested
from taskly.notifications.telling import tell_of_changes
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.workspaces.events import InvitationCreated, InvitationRenewed, MemberAdded


@reacts_to(
    CardCreated,
    CardUpdated,
    CommentCreated,
    CommentUpdated,
    InvitationCreated,
    InvitationRenewed,
    MemberAdded,
    ReviewRequested,
)
async def tell(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Tell people what concerns them."""
    await tell_of_changes(tx, changes)
