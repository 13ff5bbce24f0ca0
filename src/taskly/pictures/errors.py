"""What can go wrong with links to pictures."""

from taskly.platform.http.problems import Conflict


class TooManyPictureLinks(Conflict):
    """A board has so many links to its pictures, and no more."""

    code, title = "too_many_picture_links", "The board has as many links as it can have"
