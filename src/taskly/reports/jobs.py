"""The jobs of this domain; their handlers are in `tasks`."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class PromiseWeeklyDigests(
    JobSpec, kind="reports.promise_weekly_digests", queue=Queue.BULK, routine=True
):
    """See to it that everybody who wants it is told of the week before, once it is Monday morning where they are."""


class SendWeeklyDigest(JobSpec, kind="reports.send_weekly_digest", queue=Queue.MAIL):
    """Mail somebody the digest of a week of a board."""

    user_id: UUID
    board_id: UUID
    week: str
