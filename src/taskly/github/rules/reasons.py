"""Why something happened to a card by itself: what a reason in its timeline says.

A reason names the branch or pull request with its repository, commit and address, and what told of it: a delivery, a
comparison with GitHub, a job, a person's link. What follows by a rule names the rule, and says it in a sentence (`text`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskly.github.rules.automation import Rule
from taskly.github.rules.linking import LinkSource

Cause = Mapping[str, Any]
Reason = dict[str, Any]
ASSIGN_AUTHOR = "assign_author"
"""The rule by which authors are put on cards."""


@dataclass(frozen=True, slots=True)
class Named:
    """A branch or pull request, in words for a person."""

    repository: str
    """`owner/name`."""
    url: str
    number: int | None = None
    """That of a pull request."""
    branch: str | None = None
    commit: str | None = None
    """The last one that is known."""
    author_id: int | None = None
    """GitHub's id of the account that opened the pull request."""
    made_by: UUID | None = None
    """Who had the branch made here."""
    is_there: bool = True
    """Whether the branch exists."""

    @property
    def words(self) -> str:
        """As people write it."""
        if self.number is not None:
            return f"{self.repository}#{self.number}"
        return f"The branch {self.branch} of {self.repository}"


_RULES = {
    Rule.BRANCH_CREATED: "{} is there: work has begun.",
    Rule.PULL_REQUEST_OPENED: "{} is open and ready for review.",
    Rule.CHANGES_REQUESTED: "A reviewer of {} asks for changes.",
    Rule.CLOSED: "{} was closed without a merge.",
    Rule.MERGED: "{} was merged.",
}
_SOURCES = {
    LinkSource.BRANCH: "The name of the branch of {} names the card.",
    LinkSource.TITLE: "The title of {} names the card.",
    LinkSource.BODY: "The description of {} names the card.",
    LinkSource.COMMIT: "A commit of {} names the card.",
}


def told_of(named: Named, cause: Cause) -> Reason:
    """What something that GitHub told is about."""
    about: Reason = {"repository": named.repository, "url": named.url}
    for name, value in (
        ("pull_request", named.number),
        ("branch", named.branch),
        ("commit", named.commit),
    ):
        if value is not None:
            about[name] = value
    return {**about, **cause}


def moved(rule: Rule, named: Named, cause: Cause) -> Reason:
    """Why a card was moved."""
    return _by(rule.value, _RULES[rule].format(named.words), named, cause)


def assigned(rule: Rule, named: Named, cause: Cause) -> Reason:
    """Why an author was put on a card; `rule` is the one that began to hold."""
    text = f"{named.words} is theirs, and nobody was on the card."
    return {**_by(ASSIGN_AUTHOR, text, named, cause), "begun": rule.value}


def ticked(named: Named, cause: Cause) -> Reason:
    """Why boxes of a card's criteria changed."""
    text = f"Boxes were changed in the description of {named.words}."
    return _by("checklist", text, named, cause)


def linked(source: LinkSource, named: Named, cause: Cause) -> Reason:
    """Why a pull request was linked to a card; people need no reason."""
    if source is LinkSource.CREATED:
        return _by("draft", f"{named.words} was made from the card.", named, cause)
    if source is LinkSource.MANUAL:
        return told_of(named, cause)
    return _by("link", _SOURCES[source].format(named.words), named, cause)


def unlinked(named: Named, cause: Cause) -> Reason:
    """Why a pull request was taken off a card by itself."""
    return _by("link", f"{named.words} does not name the card any more.", named, cause)


def found(named: Named, cause: Cause) -> Reason:
    """Why a branch was put on a card."""
    return _by("link", f"{named.words} names the card.", named, cause)


def _by(rule: str, text: str, named: Named, cause: Cause) -> Reason:
    return {"rule": rule, "text": text, **told_of(named, cause)}
