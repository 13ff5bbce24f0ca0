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


class ForgetPlans(JobSpec, kind="imports.forget_plans", queue=Queue.BULK, routine=True):
    """Forget what was read long ago."""
