"""Where job handlers are: the one list of modules that a worker and a scheduler load."""

from collections.abc import Iterable
from importlib import import_module

TASK_MODULES: tuple[str, ...] = (
    "taskly.platform.jobs.upkeep",
    "taskly.platform.jobs.statistics",
    "taskly.users.tasks",
    "taskly.workspaces.tasks",
    "taskly.boards.subscribers",
    "taskly.cards.tasks",
    "taskly.cards.subscribers",
    "taskly.cards.upkeep",
    "taskly.sprints.tasks",
    "taskly.insights.tasks",
    "taskly.github.tasks",
    "taskly.github.subscribers",
    "taskly.notifications.tasks",
    "taskly.notifications.subscribers",
    "taskly.reports.tasks",
    "taskly.reports.subscribers",
    "taskly.webhooks.tasks",
    "taskly.webhooks.subscribers",
    "taskly.privacy.tasks",
    "taskly.imports.tasks",
    "taskly.imports.issues.tasks",
    "taskly.transfer.tasks",
    # Tables refer to each other by name: whoever stores something needs them all.
    "taskly.migrations.tables",
)
"""A domain that declares jobs or reactions adds its `tasks` or `subscribers` module here."""


def load_tasks(further: Iterable[str] = ()) -> None:
    """Import them all, so that handlers, periodic jobs and reactions are registered."""
    for module in (*TASK_MODULES, *further):
        import_module(module)
