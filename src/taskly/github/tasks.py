"""The handlers of this domain's jobs."""

from datetime import timedelta

from taskly.github import alerts
from taskly.github.branches import branch_making
from taskly.github.connections import following, left_webhooks, webhooks
from taskly.github.deliveries import delivery_repository, processing
from taskly.github.jobs import (
    AlertAdmins,
    ConnectRepository,
    CreateBranch,
    CreatePullRequest,
    DisconnectRepository,
    FollowInstallation,
    ForgetDeliveries,
    ProcessDelivery,
    ReconcileDue,
    ReconcileRepository,
    RefreshPullRequest,
    RemoveWebhook,
    ShowCard,
)
from taskly.github.pull_requests import drafting, showing
from taskly.github.syncing import reconciliation, schedule
from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import Death, handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work

DUE_SECONDS = 30
KEEP_LEDGER = timedelta(days=365)
"""So long after its payload a delivery is known at all."""
FORGOTTEN_AT_ONCE = 500


async def give_up_delivery(tx: Transaction, job: ProcessDelivery, death: Death) -> None:
    """Say on the delivery why it is dead."""
    await processing.give_up(tx, job.delivery, death.reason)


async def give_up_connecting(tx: Transaction, job: ConnectRepository, death: Death) -> None:
    """Say on the connection what is wrong."""
    await webhooks.give_up_webhook(tx, job.repository_id, death.reason)


async def give_up_branch(tx: Transaction, job: CreateBranch, death: Death) -> None:
    """Say on the card why there is no branch."""
    await branch_making.give_up(tx, job.branch_id, death.reason)


async def compare_later(tx: Transaction, job: ReconcileRepository, _death: Death) -> None:
    """A comparison died: the next one is due at its time nevertheless."""
    await schedule.put_off(tx, job.repository_id)


@handles(ProcessDelivery, on_dead=give_up_delivery)
async def process_delivery(work: Work, job: ProcessDelivery) -> None:
    """Take in what a delivery says."""
    await processing.process(work, job.delivery)


@handles(AlertAdmins)
async def alert_admins(work: Work, job: AlertAdmins) -> None:
    """Tell admins what is wrong with a connection."""
    await alerts.alert_admins(work, job)


@handles(ForgetDeliveries)
async def forget_deliveries(work: Work, _job: ForgetDeliveries) -> dict[str, int]:
    """Forget payloads, and later the deliveries themselves, in small transactions; how many of each."""
    keep = timedelta(days=work.runtime.settings.delivery_days)
    size = FORGOTTEN_AT_ONCE
    return {
        "payloads": await work.forget(delivery_repository.forget_payloads, keep, size=size),
        "deliveries": await work.forget(
            delivery_repository.forget_deliveries, keep + KEEP_LEDGER, size=size
        ),
    }


@handles(ConnectRepository, on_dead=give_up_connecting)
async def connect_repository(work: Work, job: ConnectRepository) -> None:
    """Make or set a connection's webhook."""
    await webhooks.ensure_webhook(work, job.repository_id)


@handles(DisconnectRepository)
async def disconnect_repository(work: Work, job: DisconnectRepository) -> None:
    """Take a connection's webhook away."""
    await webhooks.remove_webhook(work, job.repository_id)


@handles(FollowInstallation)
async def follow_installation(work: Work, job: FollowInstallation) -> None:
    """Let connections show how their installation stands."""
    await following.follow_installation(work, job)


@handles(RemoveWebhook)
async def remove_webhook(work: Work, job: RemoveWebhook) -> None:
    """Take the webhook of a connection away that is gone."""
    await left_webhooks.remove_left_webhook(work, job)


@handles(ReconcileDue)
async def reconcile_due(work: Work, _job: ReconcileDue) -> dict[str, int]:
    """Promise the comparisons that are due."""
    return {"due": await schedule.promise_due(work)}


@handles(ReconcileRepository, on_dead=compare_later)
async def reconcile_repository(work: Work, job: ReconcileRepository) -> None:
    """Compare a connection with GitHub."""
    await reconciliation.reconcile(work, job.repository_id)


@handles(RefreshPullRequest)
async def refresh_pull_request(work: Work, job: RefreshPullRequest) -> None:
    """Fetch one pull request."""
    await reconciliation.refresh_pull_request(work, job)


@handles(CreateBranch, on_dead=give_up_branch)
async def create_branch(work: Work, job: CreateBranch) -> None:
    """Make a branch."""
    await branch_making.create_branch(work, job)


@handles(CreatePullRequest)
async def create_pull_request(work: Work, job: CreatePullRequest) -> None:
    """Make a draft pull request."""
    await drafting.make_draft(work, job)


@handles(ShowCard)
async def show_card(work: Work, job: ShowCard) -> None:
    """Show a card to reviewers."""
    await showing.show_card(work, job.link_id, again=job.again)


every(DUE_SECONDS, ReconcileDue())
every(24 * 3600, ForgetDeliveries())
