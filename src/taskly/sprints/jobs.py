"""The jobs of this domain; their handlers are in `tasks`."""

from taskly.platform.events.jobs import JobSpec, Queue


class KeepAhead(JobSpec, kind="sprints.keep_ahead", queue=Queue.BULK, time_limit=300, routine=True):
    """Make the sprints that series lack of those which there always are."""
