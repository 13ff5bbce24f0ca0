"""What the log says of cards."""

from taskly.platform.events.change import Change


class CardChange(Change):
    """Something about a card."""

    entity = "card"


class CardCreated(CardChange):
    """A card was made."""

    type = "card.created"


class CardUpdated(CardChange):
    """Fields of a card changed."""

    type = "card.updated"


class CardMoved(CardChange):
    """A card changed its place: column, rank, or both."""

    type = "card.moved"


class CardArchived(CardChange):
    """A card left the board for the archive."""

    type = "card.archived"


class CardRestored(CardChange):
    """A card came back from the archive."""

    type = "card.restored"


class CardDeleted(CardChange):
    """A card was deleted. One that was in the archive has `archived_at` among what it was."""

    type = "card.deleted"


class CardUndeleted(CardChange):
    """A deletion was undone: the card is back, in the archive if it was there."""

    type = "card.undeleted"


class CardLeft(CardChange):
    """A card left for another board of the workspace; `reason` names it."""

    type = "card.left"


class CardArrived(CardChange):
    """A card came from another board of the workspace; `reason` names it."""

    type = "card.arrived"


class CardCounted(CardChange):
    """Another number of comments hangs on a card. Not part of its timeline; the comment itself is."""

    type = "card.counted"


class CommentChange(Change):
    """Something about a comment."""

    entity = "comment"


class CommentCreated(CommentChange):
    """Somebody commented on a card."""

    type = "comment.created"


class CommentUpdated(CommentChange):
    """An author put a comment in other words."""

    type = "comment.updated"


class CommentDeleted(CommentChange):
    """A comment's words were taken away."""

    type = "comment.deleted"


class CommentRestored(CommentChange):
    """Deleting a comment was undone."""

    type = "comment.restored"


class CardRespaced(CardChange):
    """A card got a shorter rank; the order of the column is as before. Not part of its timeline."""

    type = "card.respaced"
