"""Asking GitHub to send again what did not arrive: it keeps failed deliveries, but does not repeat them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from taskly.github.connections.webhooks import Reach
from taskly.github.deliveries.intake import delivery_id_of
from taskly.github.errors import GitHubNotFound, GitHubRateLimited
from taskly.github.models import GitRepository, Via
from taskly.github.remote.accounts import failures_of, github_app
from taskly.github.remote.app import GitHubApp
from taskly.github.remote.client import GitHub
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.syncing import held_repository
from taskly.platform.jobs.work import Work
from taskly.platform.runtime import Runtime

PAGES = 10
MOST = 200
"""So many are asked for at a time; the next comparison asks for more."""
MOST_ATTEMPTS = 5
"""What failed so often at GitHub is left to the comparison of what it was about, whenever that was."""
KEPT = timedelta(days=3)
"""So long GitHub keeps what it sent."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """How many deliveries are sent again, and since when others failed that are left to the next comparison."""

    count: int = 0
    left_since: datetime | None = None


class _Sender(Protocol):
    """The webhook that tells of a repository."""

    async def sent_since(self, earliest: datetime) -> list[HookDeliveryObject]:
        """What it sent about the repository since then, newest first; at least what failed. Of very much the newest:
        what lies behind is out of reach, and made good by comparing alone.

        Raises:
            GitHubNotFound: the webhook is gone.
        """

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

    async def sent_since(self, earliest: datetime) -> list[HookDeliveryObject]:
        found: list[HookDeliveryObject] = []
        async for delivery in self.github.hook_deliveries(
            self.full_name, self.hook_id, pages=PAGES
        ):
            if delivery.delivered_at < earliest:
                break
            found.append(delivery)
        return found

    async def redeliver(self, delivery_id: int) -> None:
        await self.github.redeliver(self.full_name, self.hook_id, delivery_id)


@dataclass(frozen=True, slots=True)
class _WebhookOfApp:
    runtime: Runtime
    app: GitHubApp
    github_id: int

    async def sent_since(self, earliest: datetime) -> list[HookDeliveryObject]:
        failures = await failures_of(self.runtime, self.app, earliest)
        return [each for each in failures if each.repository_id == self.github_id]

    async def redeliver(self, delivery_id: int) -> None:
        await self.app.redeliver(delivery_id)


async def ask_again(work: Work, reach: Reach, since: datetime | None) -> AskedAgain:
    """Have the deliveries sent again that failed since then and never came in.

    Raises:
        GitHubNotFound: the repository's own webhook is gone.
    """
    row = reach.row
    sender = await _sender(work, reach)
    if sender is None or row.heard_at is None:
        return AskedAgain()  # What never heard anything can't be reached, or has nothing to miss.
    kept_since = work.runtime.clock.now() - KEPT
    earliest = max(since or row.heard_at, kept_since)
    try:
        sent = await sender.sent_since(earliest)
        lost = await _lost(work, row, sent)
        if lost:  # Then it counts how often it failed before, which is seldom asked.
            lost = await _worth_it(sender, lost, kept_since)
    except GitHubRateLimited:
        if row.via is Via.TOKEN:
            raise  # The rest of the comparison draws on the same limit.
        return AskedAgain(0, earliest)
    return await _redeliver(row, sender, lost)


async def _redeliver(
    row: GitRepository, sender: _Sender, lost: Sequence[HookDeliveryObject]
) -> AskedAgain:
    """Ask for the first of them, as many as one comparison may, and as the limit of an app allows."""
    asked = 0
    for place, delivery in enumerate(lost):
        if place >= MOST:
            return AskedAgain(asked, delivery.delivered_at)
        try:
            await sender.redeliver(delivery.id)
        except GitHubNotFound:
            continue  # No longer kept.
        except GitHubRateLimited:
            if row.via is Via.TOKEN:
                raise
            return AskedAgain(asked, delivery.delivered_at)
        asked += 1
    return AskedAgain(asked)


async def _sender(work: Work, reach: Reach) -> _Sender | None:
    row = reach.row
    if row.via is Via.APP:
        app = await github_app(work.runtime, sparing=True)
        return None if app is None else _WebhookOfApp(work.runtime, app, row.github_id)
    if row.webhook_id is None:
        return None
    return _OwnWebhook(reach.github, row.full_name, row.webhook_id)


async def _lost(
    work: Work, row: GitRepository, sent: Sequence[HookDeliveryObject]
) -> list[HookDeliveryObject]:
    """The last attempts of what failed and never came in, oldest first, as GitHub told it."""
    attempts = _by_delivery(sent)
    async with work.reading() as session:
        known = await held_repository.known_deliveries(session, row.id, attempts.keys())
    lost = [
        tries[0]
        for guid, tries in attempts.items()
        if guid not in known and not any(each.succeeded for each in tries)
    ]
    return sorted(lost, key=lambda each: each.delivered_at)


async def _worth_it(
    sender: _Sender, lost: Sequence[HookDeliveryObject], kept_since: datetime
) -> list[HookDeliveryObject]:
    """Those of them that have not failed too often, in all that GitHub keeps, as far as it is read."""
    attempts = _by_delivery(await sender.sent_since(kept_since))
    return [each for each in lost if len(attempts[delivery_id_of(each.guid)]) < MOST_ATTEMPTS]


def _by_delivery(sent: Sequence[HookDeliveryObject]) -> dict[UUID, list[HookDeliveryObject]]:
    """The attempts to deliver the same, newest first."""
    attempts: dict[UUID, list[HookDeliveryObject]] = defaultdict(list)
    for each in sent:
        attempts[delivery_id_of(each.guid)].append(each)
    return attempts
