"""What is held of a repository, for comparing it with what GitHub holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.models import (
    BranchState,
    CardBranch,
    CardPullRequest,
    GitRepository,
    PullRequestRow,
)
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Job
from taskly.platform.jobs.ledger import IS_OPEN
from taskly.users.models import User

UNSETTLED = (DeliveryState.RECEIVED, DeliveryState.FAILED, DeliveryState.DEAD)
"""What `ix_webhook_deliveries_unsettled` holds."""


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
    """The deliveries that came in since then; the latest is told also if it is older.

    Of those that ended well, which are nearly all, nothing is read.
    """
    state, at = WebhookDelivery.state, WebhookDelivery.received_at
    last_at = await session.scalar(
        select(func.max(at)).where(WebhookDelivery.repository_id == repository_id)
    )
    unsettled = await session.execute(
        select(state, func.count(), func.min(at))
        .where(
            WebhookDelivery.repository_id == repository_id,
            # Written out, so that a prepared statement finds the index of just these.
            state.in_([literal_column(f"'{each.value}'") for each in UNSETTLED]),
            at >= since,
        )
        .group_by(state)
    )
    found = {state: (count, earliest) for state, count, earliest in unsettled}
    waiting = [
        found[each] for each in (DeliveryState.RECEIVED, DeliveryState.FAILED) if each in found
    ]
    return Traffic(
        last_at,
        waiting=sum(count for count, _ in waiting),
        waiting_since=min((earliest for _, earliest in waiting), default=None),
        failed=found.get(DeliveryState.FAILED, (0, None))[0],
        dead=found.get(DeliveryState.DEAD, (0, None))[0],
    )


async def due_repositories(
    session: AsyncSession, now: datetime, *, limit: int
) -> list[tuple[UUID, UUID, datetime]]:
    """The connections to be compared by now, longest due first: id, workspace, since when.

    Those whose person's access was refused are due at once when that person has changed since.
    """
    has_changed = (
        select(User.id)
        .where(User.id == GitRepository.connected_by, User.updated_at > GitRepository.refused_at)
        .exists()
    )
    refused = and_(GitRepository.refused_at.is_not(None), has_changed)
    rows = await session.execute(
        select(GitRepository.id, GitRepository.workspace_id, GitRepository.next_sync_at)
        .where(GitRepository.active, or_(GitRepository.next_sync_at <= now, refused))
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


async def held_up_by(session: AsyncSession, kind: str, repository_id: UUID) -> str | None:
    """What went wrong in the last attempt of a job for a connection that is tried again."""
    return await session.scalar(
        select(Job.last_error)
        .where(
            Job.kind == kind,
            IS_OPEN,
            Job.payload["repository_id"].astext == str(repository_id),
            Job.last_error.is_not(None),
        )
        .order_by(Job.id)
        .limit(1)
    )
