"""What can go wrong with questions about the past."""

from taskly.platform.http.problems import Invalid


class BadRange(Invalid):
    """Days or moments of which nothing can be told."""

    code, title = "bad_range", "Of these days nothing can be told"


class NoSprintToShow(Invalid):
    """A chart of a sprint needs one that was there at the moment of asking."""

    code, title = "no_sprint_to_show", "There was no such sprint then"
