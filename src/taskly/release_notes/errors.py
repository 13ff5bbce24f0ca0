"""What can go wrong with release notes."""

from taskly.platform.http.problems import Invalid


class NoSuchTag(Invalid):
    """The repository has no tag of this name."""

    code, title = "no_such_tag", "The repository has no such tag"


class TooMuchForNotes(Invalid):
    """More cards or commits than anybody would read; the detail says what to ask instead."""

    code, title = "too_much_for_notes", "That is too much for release notes"
