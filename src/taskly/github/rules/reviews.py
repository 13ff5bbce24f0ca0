"""Reviews: the last word of each reviewer, and what they come to."""

import enum
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from taskly.kit.clock import earliest


class ReviewState(enum.StrEnum):
    """What a review says."""

    COMMENTED = "commented"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"


class ReviewDecision(enum.StrEnum):
    """What all reviews of a pull request come to."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REVIEW_REQUIRED = "review_required"


@dataclass(frozen=True, slots=True)
class Review:
    """The last word of one reviewer on a pull request."""

    number: int
    """The pull request's."""
    reviewer_id: int
    reviewer: str
    state: ReviewState
    github_id: int
    submitted_at: datetime
    url: str | None = None
    first_submitted_at: datetime | None = None
    """When they reviewed it first, of all that was told."""

    def __post_init__(self) -> None:
        first = earliest(self.first_submitted_at, self.submitted_at)
        object.__setattr__(self, "first_submitted_at", first)


def last_word(known: Review | None, told: Review) -> Review:
    """The review of the same person that counts, in whatever order the two were told.

    A comment takes nothing back of what was said before, and a review that was dismissed stays so.
    """
    if known is None:
        return told
    first = earliest(known.first_submitted_at, told.first_submitted_at)
    return replace(max(known, told, key=_weight), first_submitted_at=first)


def decide(reviews: Collection[Review], *, asked: Collection[str]) -> ReviewDecision | None:
    """What the last words of all reviewers come to; `asked` are those whose review is awaited."""
    states = {review.state for review in reviews}
    if ReviewState.CHANGES_REQUESTED in states:
        return ReviewDecision.CHANGES_REQUESTED
    if ReviewState.APPROVED in states:
        return ReviewDecision.APPROVED
    return ReviewDecision.REVIEW_REQUIRED if asked else None


def _weight(review: Review) -> tuple[bool, datetime, int, bool]:
    return (
        review.state is not ReviewState.COMMENTED,
        review.submitted_at,
        review.github_id,
        review.state is ReviewState.DISMISSED,
    )
