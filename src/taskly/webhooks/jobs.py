"""The work that is promised for webhooks."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class TakeNews(JobSpec, kind="webhooks.take_news", queue=Queue.BULK, routine=True):
    """Read the log for all webhooks that have not heard its latest."""


class DeliverMessage(
    JobSpec,
    kind="webhooks.deliver",
    queue=Queue.BULK,
    time_limit=30,
    routine=True,
    only_waits=True,
):
    """Send one message, again and again if need be."""

    workspace_id: UUID
    endpoint_id: UUID
    attempt_id: UUID
    trial: bool = False
    """Send it once, whether or not the webhook is told anything at present: a test, or a probe."""


class ProbeFailing(JobSpec, kind="webhooks.probe", queue=Queue.BULK, routine=True):
    """See whether failing webhooks answer again."""


class PurgeMessages(JobSpec, kind="webhooks.purge", queue=Queue.BULK, routine=True):
    """Forget messages that ended long ago."""
