"""The jobs of this domain; their handlers are in `tasks`."""

from uuid import UUID

from taskly.github.models import Alert
from taskly.platform.events.jobs import JobSpec, Queue


class ProcessDelivery(
    JobSpec,
    kind="github.process_delivery",
    queue=Queue.WEBHOOKS,
    retry_delays=(5, 25, 125),
    jitter=False,
):
    """Work out what a stored delivery says."""

    delivery: UUID
    """Our id of it."""


class ForgetDeliveries(JobSpec, kind="github.forget_deliveries", queue=Queue.BULK, routine=True):
    """Forget what GitHub said long ago."""


class AlertAdmins(JobSpec, kind="github.alert_admins", queue=Queue.INTERACTIVE):
    """Tell the admins of a workspace what is wrong with a connection."""

    repository_id: UUID
    alert: Alert
    detail: str


class ConnectRepository(JobSpec, kind="github.connect_repository", queue=Queue.INTERACTIVE):
    """Make the webhook of a repository, or set the one that is there."""

    repository_id: UUID


class DisconnectRepository(JobSpec, kind="github.disconnect_repository", queue=Queue.BULK):
    """Take the webhook of a disconnected repository away."""

    repository_id: UUID


class FollowInstallation(JobSpec, kind="github.follow_installation", queue=Queue.INTERACTIVE):
    """See how an installation of the GitHub App stands, and let its connections show that."""

    installation_id: int
    """GitHub's id of it."""


class RemoveWebhook(JobSpec, kind="github.remove_webhook", queue=Queue.BULK):
    """Take a webhook away that no connection needs any more: its workspace is gone, or the app tells the same."""

    repository_id: UUID
    """What the connection was called here; the webhook's address names it."""
    full_name: str
    webhook_id: int | None
    user_id: UUID | None
    """In whose name the webhook is removed: who connected it, or who took that over."""


class ReconcileRepository(
    JobSpec, kind="github.reconcile_repository", queue=Queue.BULK, time_limit=900, routine=True
):
    """Compare what is held of a repository with what GitHub holds."""

    repository_id: UUID


class ReconcileDue(JobSpec, kind="github.reconcile_due", queue=Queue.BULK, routine=True):
    """Promise the comparisons that are due."""


class RefreshPullRequest(JobSpec, kind="github.refresh_pull_request", queue=Queue.BULK):
    """Ask GitHub how a pull request stands, with its reviews, checks and commits."""

    repository_id: UUID
    number: int
    again: bool = False
    """Whether GitHub was asked a moment ago, and had not found out yet whether it can be merged."""
    for_person: bool = False
    """Whether somebody asked for it; else it is sparing with the account's limit."""


class CreatePullRequest(
    JobSpec,
    kind="github.create_pull_request",
    queue=Queue.INTERACTIVE,
    retry_delays=(1, 2, 5, 15, 60),
):
    """Make a draft pull request for which a person waits."""

    branch_id: UUID
    user_id: UUID
    """In whose name."""
    base: str | None
    title: str | None


class ShowCard(JobSpec, kind="github.show_card", queue=Queue.BULK):
    """Show a card to the reviewers of a pull request, by a comment."""

    link_id: UUID
    again: bool = False
    """Whether the card changed: then a comment that is gone is not made again."""


class CreateBranch(
    JobSpec,
    kind="github.create_branch",
    queue=Queue.INTERACTIVE,
    retry_delays=(1, 2, 5, 15, 60),
):
    """Make a branch for which a person waits."""

    branch_id: UUID
    user_id: UUID
    """In whose name."""
    choose_name: bool
    """Whether the name was made by us, so that another one will do when it is taken."""
