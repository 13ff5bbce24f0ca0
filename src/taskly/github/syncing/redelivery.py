"""Asking GitHub to send again what did not arrive: it keeps failed deliveries, but does not repeat them."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from taskly.github.connections.webhooks import Reach
from taskly.github.deliveries.intake import delivery_id_of
from taskly.github.errors import GitHubNotFound
from taskly.github.models import GitRepository, Via
from taskly.github.remote.accounts import github_app
from taskly.github.remote.app import GitHubApp
from taskly.github.remote.client import GitHub
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


class _Sender(Protocol):
    """The webhook that tells of a repository."""

    def deliveries(self) -> AsyncIterator[HookDeliveryObject]:
        """What it sent about the repository, newest first; at least what failed."""

    async def redeliver(self, delivery_id: int) -> None:
        """Send that again.

        Raises:
            GitHubNotFound: it is no longer kept.
        """


@dataclass(frozen=True, slots=True)
class _OwnWebhook:
    github: GitHub
    full_name: str
    hook_id: int

    def deliveries(self) -> AsyncIterator[HookDeliveryObject]:
        return self.github.hook_deliveries(self.full_name, self.hook_id, pages=PAGES)

    async def redeliver(self, delivery_id: int) -> None:
        await self.github.redeliver(self.full_name, self.hook_id, delivery_id)


@dataclass(frozen=True, slots=True)
class _WebhookOfApp:
    app: GitHubApp
    github_id: int

    async def deliveries(self) -> AsyncIterator[HookDeliveryObject]:
        async for delivery in self.app.failed_deliveries():
            if delivery.repository_id == self.github_id:
                yield delivery

    async def redeliver(self, delivery_id: int) -> None:
        await self.app.redeliver(delivery_id)


async def ask_again(work: Work, reach: Reach, since: datetime | None) -> int:
    """Have the deliveries sent again that failed since then and never came in; how many.

    Raises:
        GitHubNotFound: the webhook is gone.
    """
    row = reach.row
    sender = await _sender(work, reach)
    if sender is None or row.heard_at is None:
        return 0  # What never heard anything can't be reached, or has nothing to miss.
    earliest = max(since or row.heard_at, work.runtime.clock.now() - KEPT)
    asked = 0
    # Oldest first, as GitHub told it.
    for delivery in reversed((await _lost(work, row, sender, earliest))[-MOST:]):
        try:
            await sender.redeliver(delivery.id)
        except GitHubNotFound:
            continue  # No longer kept.
        asked += 1
    return asked


async def _sender(work: Work, reach: Reach) -> _Sender | None:
    row = reach.row
    if row.via is Via.APP:
        app = await github_app(work.runtime)
        return None if app is None else _WebhookOfApp(app, row.github_id)
    if row.webhook_id is None:
        return None
    return _OwnWebhook(reach.github, row.full_name, row.webhook_id)


async def _lost(
    work: Work, row: GitRepository, sender: _Sender, earliest: datetime
) -> list[HookDeliveryObject]:
    """The last attempts of what failed since then and never came in, newest first."""
    attempts: dict[UUID, list[HookDeliveryObject]] = defaultdict(list)
    async for delivery in sender.deliveries():
        if delivery.delivered_at < earliest:
            break
        attempts[delivery_id_of(delivery.guid)].append(delivery)
    async with work.reading() as session:
        known = await held_repository.known_deliveries(session, row.id, attempts.keys())
    return [
        tries[0]
        for guid, tries in attempts.items()
        if guid not in known
        and len(tries) < MOST_ATTEMPTS
        and not any(each.succeeded for each in tries)
    ]
