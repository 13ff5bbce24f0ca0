"""What the log of a workspace says of links to pictures: who opened which board to whom has the address."""

from taskly.platform.events.change import Change


class PictureLinkChange(Change):
    """Something about a link to a board's pictures; in the workspace's stream."""

    entity = "picture_link"


class PictureLinkCreated(PictureLinkChange):
    """Whoever has the address of a new link sees a board's pictures."""

    type = "picture_link.created"


class PictureLinkRevoked(PictureLinkChange):
    """A link shows nothing any more."""

    type = "picture_link.revoked"
