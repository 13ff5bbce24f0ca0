"""The job of this domain; its handler is in `tasks`."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class RemoveTraces(JobSpec, kind="privacy.remove_traces", queue=Queue.BULK, time_limit=3600):
    """Take somebody who has gone out of texts, out of the log and out of what GitHub told.

    The login and the name stand nowhere else by then. When the work is done they go from the job, too.
    """

    user_id: UUID
    workspace_ids: list[UUID]
    """Those that the person was in at the end; once they are found, all that are still to be looked at."""
    login: str
    name_at_github: str | None
    """None for whoever has no account there."""
    found: bool = False
    """Whether all workspaces that may name the person have been found."""
