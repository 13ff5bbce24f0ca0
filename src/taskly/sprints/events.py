"""What the log says of sprints."""

from taskly.platform.events.change import Change


class SprintChange(Change):
    """Something about a sprint."""

    entity = "sprint"


class SprintCreated(SprintChange):
    """A sprint was planned."""

    type = "sprint.created"


class SprintUpdated(SprintChange):
    """A sprint's name, goal, days or capacity changed."""

    type = "sprint.updated"


class SprintDeleted(SprintChange):
    """A sprint went; its cards went back to the backlog before."""

    type = "sprint.deleted"


class SprintRestored(SprintChange):
    """Deleting a sprint was undone."""

    type = "sprint.restored"
