"""Asking GitHub to send again what did not arrive: it keeps failed deliveries, but does not repeat them."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from taskly.github.connections.webhooks import Reach
from taskly.github.deliveries.intake import delivery_id_of
from taskly.github.errors import GitHubNotFound
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.syncing import held_repository
from taskly.platform.jobs.work import Work

PAGES = 10
MOST = 200
"""So many are asked for at a time; the next comparison asks for more."""
MOST_ATTEMPTS = 5
"""What failed so often at GitHub is left to the comparison of what it was about."""
KEPT = timedelta(days=3)
"""So long GitHub keeps what it sent."""


async def ask_again(work: Work, reach: Reach, since: datetime | None) -> int:
    """Have the deliveries sent again that failed since then and never came in; how many.

    Raises:
        GitHubNotFound: the webhook is gone.
    """
    row, github = reach.row, reach.github
    if row.webhook_id is None or row.heard_at is None:
        return 0  # What never heard anything can't be reached, or has nothing to miss.
    earliest = max(since or row.heard_at, work.runtime.clock.now() - KEPT)
    attempts: dict[UUID, list[HookDeliveryObject]] = defaultdict(list)
    async for delivery in github.hook_deliveries(row.full_name, row.webhook_id, pages=PAGES):
        if delivery.delivered_at < earliest:
            break
        attempts[delivery_id_of(delivery.guid)].append(delivery)
    async with work.reading() as session:
        known = await held_repository.known_deliveries(session, row.id, attempts.keys())
    lost = [
        tries[0]
        for guid, tries in attempts.items()
        if guid not in known
        and len(tries) < MOST_ATTEMPTS
        and not any(each.succeeded for each in tries)
    ]
    asked = 0
    # Oldest first, as GitHub told it.
    for delivery in reversed(lost[-MOST:]):
        try:
            await github.redeliver(row.full_name, row.webhook_id, delivery.id)
        except GitHubNotFound:
            continue  # No longer kept.
        asked += 1
    return asked
