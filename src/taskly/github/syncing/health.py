"""How a connection is doing: what its webhook tells, when it was last compared, and what that found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.drifting import repository as drift
from taskly.github.errors import REFUSALS, GitHubUnavailable
from taskly.github.jobs import ReconcileRepository
from taskly.github.models import GitRepository, Via
from taskly.github.remote.accounts import budget_left
from taskly.github.remote.budget import Budget
from taskly.github.syncing import held_repository
from taskly.github.syncing.held_repository import Traffic
from taskly.github.syncing.schedule import is_polled
from taskly.platform.runtime import Runtime

LOOK_BACK = timedelta(days=7)


class Receiving(StrEnum):
    """How news of a repository gets here."""

    WEBHOOK = "webhook"
    POLLING = "polling"


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """A connection with what was seen of it lately."""

    row: GitRepository
    traffic: Traffic
    budget: Budget | None
    drifting: int
    """Cards with code of it that drift."""
    held_up_by: str | None
    """Why the comparison that is under way has not come through yet."""
    now: datetime

    @property
    def receiving(self) -> Receiving:
        """How news gets here now."""
        return Receiving.POLLING if is_polled(self.row) else Receiving.WEBHOOK

    @property
    def advice(self) -> str | None:
        """What is not as it should be, in words for an admin."""
        row = self.row
        if row.problem is not None:
            return row.problem
        if self.held_up_by is not None:
            return f"The comparison with GitHub that is under way waits, and goes on by itself: {self.held_up_by}"
        if row.webhook_refusal is not None:
            return (
                "GitHub can't reach this installation, so there is no webhook: Taskly asks GitHub itself, and boards follow "
                f"a little later. {row.webhook_refusal} If GitHub should reach it, have the operator set its public "
                "address (TASKLY_PUBLIC_URL) and reconnect the repository."
            )
        if not row.has_webhook or row.heard_at is None:
            return (
                "No delivery of the webhook has arrived yet, so Taskly asks GitHub itself and boards follow a little "
                f"later. That is how it works where GitHub can't reach this installation; else {self._where_to_look}."
            )
        if row.silent_since is not None:
            return (
                f"The webhook has told nothing of what happened since {row.silent_since:%Y-%m-%d %H:%M} UTC, so Taskly "
                f"asks GitHub itself: {self._where_to_look}."
            )
        if self.traffic.dead:
            return (
                "Deliveries could not be worked out: look at them and have them worked out again."
            )
        return None

    @property
    def _where_to_look(self) -> str:
        whose = "GitHub App's" if self.row.via is Via.APP else "repository's"
        return f"look at the webhook's deliveries at GitHub, under the {whose} settings"

    @property
    def lag_seconds(self) -> float:
        """How old the oldest delivery is that waits to be worked out."""
        since = self.traffic.waiting_since
        return 0.0 if since is None else max((self.now - since).total_seconds(), 0.0)


async def health_of(
    runtime: Runtime, session: AsyncSession, row: GitRepository
) -> ConnectionHealth:
    """How a connection is doing. Asks GitHub nothing."""
    now = runtime.clock.now()
    traffic = await held_repository.traffic(session, row.id, now - LOOK_BACK)
    try:
        budget = await budget_left(runtime, row)
    except (*REFUSALS, GitHubUnavailable):
        budget = None  # Whoever connected it has no access any more, which is its problem already.
    drifting = await drift.count_drifting(session, row.id, now)
    held_up_by = await held_repository.held_up_by(session, ReconcileRepository.kind, row.id)
    return ConnectionHealth(row, traffic, budget, drifting, held_up_by, now)
