"""What can go wrong with boards."""

from taskly.platform.http.problems import Conflict, Invalid


class BoardArchived(Conflict):
    """An archived board does not change until it is restored."""

    code, title = "board_archived", "The board is archived: restore it first"


class KeyTaken(Conflict):
    """Card keys are unique in a workspace, so board keys have to be."""

    code, title = "key_taken", "Another board of this workspace has this key"


class NameTaken(Conflict):
    """Two labels of a board can't have the same name."""

    code, title = "name_taken", "The board has a label of this name already"
    constraints = frozenset({"uq_labels_board_id_name"})


class TooMany(Conflict):
    """A board holds so much of a kind, and no more."""

    code, title = "too_many", "The board has as many of these as it can hold"


class LastColumn(Conflict):
    """A board keeps at least one column, for cards to be in."""

    code, title = "last_column", "A board needs a column: add another before deleting its last"


class ColumnNotEmpty(Conflict):
    """A column that holds cards is deleted together with a word about them."""

    code, title = "column_not_empty", "Say where the column's cards go"


class ColumnFull(Conflict):
    """The column has reached its limit, and the board holds people to it."""

    code, title = "column_full", "The column has reached its limit of cards"


class NotOnBoard(Invalid):
    """An id in the request is not that of something on this board."""

    code, title = "not_on_board", "Only things of this board can be named"


class NoSuchBoard(Invalid):
    """A board that a request names is not one of the workspace."""

    code, title = "no_such_board", "The workspace has no such board"
    constraints = frozenset({"fk_saved_views_board"})
