"""What can go wrong with cards."""

from taskly.platform.http.problems import Conflict, Invalid


class AnchorGone(Conflict):
    """The card beside which another was to be put is not there any more."""

    code, title = "anchor_gone", "The card to move beside is not in that column any more"


class AmbiguousPlace(Invalid):
    """A place is named by exactly one of `before`, `after` and `position`, or by none of them."""

    code, title = "ambiguous_place", "Name the place in one way only"


class NoSuchSprint(Invalid):
    """A card can only be in a sprint of its own board."""

    code, title = "no_such_sprint", "The board has no such sprint"
    constraints = frozenset({"fk_cards_sprint"})


class DependencyCycle(Conflict):
    """Cards can't wait for each other."""

    code, title = "dependency_cycle", "Cards can't wait for each other in a circle"


class EditConflict(Conflict):
    """A text was changed since the caller read it; the answer holds all three forms of it."""

    code, title = "edit_conflict", "Somebody else changed the same text meanwhile"


class CommentDeleted(Conflict):
    """A comment whose words were taken away does not get others."""

    code, title = "comment_deleted", "The comment was deleted"


class BulkRefused(Invalid):
    """A bulk change is made as a whole or not at all; `refused` names each card that was in its way."""

    code, title = "bulk_refused", "Nothing was changed: some cards can't be changed so"


class CardIsArchived(Conflict):
    """A card in the archive has no place on the board."""

    code, title = "card_archived", "The card is archived: restore it first"
