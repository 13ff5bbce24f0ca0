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


class NotOnBoard(Invalid):
    """An id in the request is not that of something on this board."""

    code, title = "not_on_board", "Only things of this board can be named"
