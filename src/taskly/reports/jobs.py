"""The jobs of this domain; their handlers are in `tasks`."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class TellWeeks(JobSpec, kind="reports.tell_weeks", queue=Queue.BULK, routine=True):
    """See to it that everybody who wants it is told of the week before, once it is Monday morning where they are."""


class TellWeek(JobSpec, kind="reports.tell_week", queue=Queue.BULK):
    """Work the digest of a week of a board out, and have it mailed to everybody who wants it."""

    board_id: UUID
    week: str


class TellSprint(JobSpec, kind="reports.tell_sprint", queue=Queue.BULK):
    """Work the report of a sprint out, if it still is completed, and have it mailed to everybody who wants it."""

    board_id: UUID
    sprint_id: UUID
    completed_version: int
    """Where the board's log tells of the completion."""


class SendReport(JobSpec, kind="reports.send_report", queue=Queue.MAIL):
    """Mail somebody a report."""

    user_id: UUID
    mailing_id: UUID


class ForgetMailings(JobSpec, kind="reports.forget_mailings", queue=Queue.BULK, routine=True):
    """Forget the reports that were mailed some time ago."""
