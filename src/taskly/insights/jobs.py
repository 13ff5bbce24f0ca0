"""The jobs of this domain; their handlers are in `tasks`."""

from taskly.platform.events.jobs import JobSpec, Queue


class FoldLogs(JobSpec, kind="insights.fold_logs", queue=Queue.BULK, time_limit=120, routine=True):
    """Work what happened on boards into what their charts read, so that nobody has to wait for it."""
