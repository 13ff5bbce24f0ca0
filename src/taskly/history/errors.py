"""What can go wrong with the past."""

from taskly.platform.http.problems import Conflict, Invalid


class NotThen(Invalid):
    """A board is read as it was at a version that it had."""

    code, title = "not_then", "The board did not exist then"


class NotUndoable(Conflict):
    """An operation changed nothing on a board that is still there, or more than an undo looks at."""

    code, title = "not_undoable", "This operation can't be undone"
