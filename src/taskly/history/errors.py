"""What can go wrong with the past."""

from taskly.platform.http.problems import Invalid


class NotThen(Invalid):
    """A board is read as it was at a version that it had."""

    code, title = "not_then", "The board did not exist then"
