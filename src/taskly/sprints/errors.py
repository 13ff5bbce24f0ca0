"""What can go wrong with sprints."""

from taskly.platform.http.problems import Conflict, Invalid


class SprintIsStarted(Conflict):
    """A sprint starts once."""

    code, title = "sprint_started", "The sprint was started already"


class SprintNotStarted(Conflict):
    """What was committed is known from the start only."""

    code, title = "sprint_not_started", "The sprint was not started: start it first"


class SprintIsCompleted(Conflict):
    """What came of a sprint is told, and stays as it is."""

    code, title = "sprint_completed", "The sprint was completed: undo that first"


class NoNextSprint(Conflict):
    """What is left can't go where nothing is."""

    code, title = "no_next_sprint", "The board has no sprint that follows: plan one"


class NotInSprint(Invalid):
    """Where a card goes is asked only of those that are left over."""

    code, title = "not_in_sprint", "Only cards of the sprint that are not done can be named"
