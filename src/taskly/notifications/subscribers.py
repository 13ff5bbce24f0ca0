"""What notifications do when something changes further up."""

from collections.abc import Sequence

from taskly.cards.events import CardCreated, CardUpdated, CommentCreated, CommentUpdated
from taskly.github.events import RepositoryAlerted, ReviewRequested
from taskly.notifications.telling import tell_of_changes
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.workspaces.events import InvitationCreated, InvitationRenewed, MemberAdded

QUIET = frozenset({"duplicated_from", "import"})
"""What a change gives as its reason when whole boards come at once: that is news to nobody."""


@reacts_to(
    CardCreated,
    CardUpdated,
    CommentCreated,
    CommentUpdated,
    InvitationCreated,
    InvitationRenewed,
    MemberAdded,
    RepositoryAlerted,
    ReviewRequested,
)
async def tell(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Tell people what concerns them."""
    news = [change for change in changes if QUIET.isdisjoint(change.data.get("reason") or ())]
    if news:
        await tell_of_changes(tx, news)
