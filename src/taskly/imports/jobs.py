"""The work that is promised for boards from elsewhere."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class CarryOut(
    JobSpec, kind="imports.carry_out", queue=Queue.BULK, time_limit=300, retry_delays=(5, 60)
):
    """Make the board of an import."""

    import_id: UUID
    user_id: UUID
    again: bool
    """Whether the file may be a board already."""


class LookAtIssues(
    JobSpec,
    kind="imports.look_at_issues",
    queue=Queue.BULK,
    time_limit=300,
    retry_delays=(5, 60, 300),
):
    """See what the issues of a repository come to."""

    import_id: UUID
    user_id: UUID


class CarryOutIssues(
    JobSpec,
    kind="imports.carry_out_issues",
    queue=Queue.BULK,
    time_limit=300,
    retry_delays=(5, 60, 300),
):
    """Make cards of the issues of a repository."""

    import_id: UUID
    user_id: UUID
    again: bool
    """Whether cards that are there are brought up to date."""


class ForgetPlans(JobSpec, kind="imports.forget_plans", queue=Queue.BULK, routine=True):
    """Forget what was read long ago."""
