"""What the log says of boards, columns and labels."""

from taskly.platform.events.change import Change


class BoardChange(Change):
    """Something about the board itself."""

    entity = "board"


class BoardCreated(BoardChange):
    """A board was made."""

    type = "board.created"


class BoardUpdated(BoardChange):
    """Fields of a board changed."""

    type = "board.updated"


class BoardArchived(BoardChange):
    """A board was put away."""

    type = "board.archived"


class BoardRestored(BoardChange):
    """A board was taken out of the archive."""

    type = "board.restored"


class BoardDeleted(BoardChange):
    """A board went, with everything on it."""

    type = "board.deleted"


class ColumnCreated(Change):
    """A column was added."""

    entity = "column"
    type = "column.created"


class LabelCreated(Change):
    """A label was added."""

    entity = "label"
    type = "label.created"
