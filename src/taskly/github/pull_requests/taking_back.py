"""Taking back what people decided about a card's pull requests.

What the same operation did because of that, such as a move by a rule, is taken back by itself; so the rules of the board are
not asked again.
"""

from uuid import UUID

from taskly.github.facts.facts_repository import LinkedRow
from taskly.github.pull_requests import link_repository
from taskly.github.recording import pull_request_state, record_pull_request
from taskly.history.schemas import WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.events.models import Event

BY_PEOPLE = frozenset({"by_hand", "undo"})
"""What the reason of a change says that people made, and not GitHub's texts."""


async def linking_back(work: TakingBack, event: Event) -> None:
    """Take a pull request off a card again. As if by hand, it stays away until somebody links it."""
    found = await _found(work, event)
    if found is None:
        return
    if found.link.removed_at is not None:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    before = pull_request_state(found.link, found.pull, found.repository)
    found.link.removed_at = work.tx.now
    record_pull_request(work.tx, found.link, before, None)
    work.note(event)


async def unlinking_back(work: TakingBack, event: Event) -> None:
    """Put a pull request back on a card."""
    found = await _found(work, event)
    if found is None:
        return
    if found.link.removed_at is None:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    found.link.removed_at = None
    after = pull_request_state(found.link, found.pull, found.repository)
    record_pull_request(work.tx, found.link, None, after)
    work.note(event)


async def _found(work: TakingBack, event: Event) -> LinkedRow | None:
    """The link that a change was about; None, with the reason noted, if the change can't be taken back."""
    if BY_PEOPLE.isdisjoint(event.data.get("reason") or ()):
        work.leave(event, WhyLeft.NOT_UNDOABLE)
        return None
    found = await link_repository.link_row(work.tx.session, UUID(event.data["id"]))
    card = None if found is None else work.batch.cards.get(found.link.card_id)
    if found is None or card is None or card.deleted_at or card.archived_at:
        work.leave(event, WhyLeft.GONE)
        return None
    if found.link.board_id != event.stream_id:
        work.leave(event, WhyLeft.MOVED)
        return None
    return found
