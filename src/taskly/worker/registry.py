"""Where job handlers are: the one list of modules that a worker and a scheduler load."""

from collections.abc import Iterable
from importlib import import_module

TASK_MODULES: tuple[str, ...] = (
    "taskly.platform.jobs.upkeep",
    "taskly.users.tasks",
    "taskly.github.tasks",
)
"""A domain that declares jobs adds its `tasks` module here."""


def load_tasks(further: Iterable[str] = ()) -> None:
    """Import all task modules, so that their handlers and periodic jobs are registered."""
    for module in (*TASK_MODULES, *further):
        import_module(module)
