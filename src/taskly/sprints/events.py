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


class SprintStarted(SprintChange):
    """People started a sprint. Its `facts` are the commitment: the goal, and the cards with their points."""

    type = "sprint.started"


class SprintCompleted(SprintChange):
    """People completed a sprint. Its `facts` are the outcome: what was done, left, added and removed."""

    type = "sprint.completed"


class SprintReopened(SprintChange):
    """Starting or completing a sprint was undone. Its `facts` are those of what was undone."""

    type = "sprint.reopened"


class AbsenceChange(Change):
    """Something about days of a sprint on which somebody is away."""

    entity = "sprint_absence"


class AbsenceCreated(AbsenceChange):
    """Somebody will be away."""

    type = "sprint_absence.created"


class AbsenceUpdated(AbsenceChange):
    """Somebody will be away on more days, or fewer."""

    type = "sprint_absence.updated"


class AbsenceDeleted(AbsenceChange):
    """Somebody will not be away after all."""

    type = "sprint_absence.deleted"


class CapacityChange(Change):
    """Something about what somebody can take in one sprint."""

    entity = "sprint_capacity"


class CapacityCreated(CapacityChange):
    """Somebody can take other points in a sprint than usual."""

    type = "sprint_capacity.created"


class CapacityUpdated(CapacityChange):
    """Somebody can take more there, or less."""

    type = "sprint_capacity.updated"


class CapacityDeleted(CapacityChange):
    """Somebody can take as much there as usual."""

    type = "sprint_capacity.deleted"


class SeriesChange(Change):
    """Something about the series of sprints of a board; the id is the board's."""

    entity = "sprint_series"


class SeriesCreated(SeriesChange):
    """A board has a series of sprints from now on."""

    type = "sprint_series.created"


class SeriesUpdated(SeriesChange):
    """The series goes on otherwise."""

    type = "sprint_series.updated"


class SeriesDeleted(SeriesChange):
    """The series ended; its sprints stay."""

    type = "sprint_series.deleted"
