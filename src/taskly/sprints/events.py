"""What the log says of sprints."""

from taskly.platform.events.change import Change


class SprintCreated(Change):
    """A sprint was planned."""

    entity = "sprint"
    type = "sprint.created"
