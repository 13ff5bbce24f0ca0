"""What is held of a repository, for comparing it with what GitHub holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.models import (
    BranchState,
    CardBranch,
    CardPullRequest,
    DeliveryState,
    GitRepository,
    PullRequestRow,
    WebhookDelivery,
)
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Job
from taskly.platform.jobs.ledger import IS_OPEN


@dataclass(frozen=True, slots=True)
class HeldPullRequest:
    """A pull request that is held as open."""

    number: int
    head_sha: str
    is_linked: bool
    """Whether a card shows it."""


async def held_open(session: AsyncSession, repository_id: UUID) -> dict[int, HeldPullRequest]:
    """The pull requests that are held as open, by number."""
    is_linked = (
        select(CardPullRequest.id)
        .where(
            CardPullRequest.workspace_id == PullRequestRow.workspace_id,
            CardPullRequest.pull_request_id == PullRequestRow.id,
            CardPullRequest.removed_at.is_(None),
        )
        .exists()
    )
    rows = await session.execute(
        select(PullRequestRow.number, PullRequestRow.head_sha, is_linked).where(
            PullRequestRow.repository_id == repository_id,
            PullRequestRow.state.in_([PullRequestState.OPEN, PullRequestState.DRAFT]),
        )
    )
    return {number: HeldPullRequest(number, sha, linked) for number, sha, linked in rows}


async def held_branches(session: AsyncSession, repository_id: UUID) -> set[str]:
    """The branches of cards that are held to be there."""
    return set(
        await session.scalars(
            select(CardBranch.name).where(
                CardBranch.repository_id == repository_id, CardBranch.state == BranchState.CREATED
            )
        )
    )


async def known_deliveries(
    session: AsyncSession, repository_id: UUID, guids: Collection[UUID]
) -> set[UUID]:
    """Those of GitHub's deliveries that are stored here, and not dead."""
    return set(
        await session.scalars(
            select(WebhookDelivery.delivery_id).where(
                WebhookDelivery.repository_id == repository_id,
                is_among(WebhookDelivery.delivery_id, guids),
                WebhookDelivery.state != DeliveryState.DEAD,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the webhook of a connection has told lately."""

    last_at: datetime | None
    """When the latest delivery came in."""
    waiting: int
    """Deliveries that are to be worked out."""
    waiting_since: datetime | None
    failed: int
    """Deliveries that are tried again."""
    dead: int


async def traffic(session: AsyncSession, repository_id: UUID, since: datetime) -> Traffic:
    """The deliveries that came in since then; the latest is told also if it is older."""
    last_at = await session.scalar(
        select(func.max(WebhookDelivery.received_at)).where(
            WebhookDelivery.repository_id == repository_id
        )
    )
    state, at = WebhookDelivery.state, WebhookDelivery.received_at
    is_waiting = state.in_([DeliveryState.RECEIVED, DeliveryState.FAILED])
    row = (
        await session.execute(
            select(
                func.count().filter(is_waiting),
                func.min(at).filter(is_waiting),
                func.count().filter(state == DeliveryState.FAILED),
                func.count().filter(state == DeliveryState.DEAD),
            ).where(WebhookDelivery.repository_id == repository_id, at >= since)
        )
    ).one()
    return Traffic(last_at, *row)


async def due_repositories(
    session: AsyncSession, now: datetime, *, limit: int
) -> list[tuple[UUID, UUID, datetime]]:
    """The connections to be compared by now, longest due first: id, workspace, since when."""
    rows = await session.execute(
        select(GitRepository.id, GitRepository.workspace_id, GitRepository.next_sync_at)
        .where(GitRepository.active, GitRepository.next_sync_at <= now)
        .order_by(GitRepository.next_sync_at)
        .limit(limit)
    )
    return [(id_, workspace_id, due_at) for id_, workspace_id, due_at in rows if due_at]


async def open_job(session: AsyncSession, kind: str, repository_id: UUID) -> UUID | None:
    """The job of a kind for a connection that is waiting or at work."""
    return await session.scalar(
        select(Job.id)
        .where(Job.kind == kind, IS_OPEN, Job.payload["repository_id"].astext == str(repository_id))
        .order_by(Job.id)
        .limit(1)
    )
