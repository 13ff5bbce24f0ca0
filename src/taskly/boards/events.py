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


class ColumnChange(Change):
    """Something about a column."""

    entity = "column"


class ColumnCreated(ColumnChange):
    """A column was added."""

    type = "column.created"


class ColumnUpdated(ColumnChange):
    """Fields of a column changed, its place included."""

    type = "column.updated"


class ColumnDeleted(ColumnChange):
    """A column went; its cards were moved or deleted before."""

    type = "column.deleted"


class ColumnRestored(ColumnChange):
    """Deleting a column was undone."""

    type = "column.restored"


class LabelChange(Change):
    """Something about a label."""

    entity = "label"


class LabelCreated(LabelChange):
    """A label was added."""

    type = "label.created"


class LabelUpdated(LabelChange):
    """A label got another name or colour."""

    type = "label.updated"


class LabelDeleted(LabelChange):
    """A label went; it was taken off all cards before."""

    type = "label.deleted"
