"""How long pull requests wait for a review, and how long they take from there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.percentiles import Percentiles, percentiles

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A pull request that was merged."""

    ready_at: datetime
    """When it was there to be reviewed: opened, or ready if it began as a draft."""
    merged_at: datetime
    first_review_at: datetime | None = None
    """When somebody other than its author first reviewed it; None if nobody did."""


@dataclass(frozen=True, slots=True)
class ReviewTimes:
    """How long the pull requests took that were merged on some days."""

    merged: int
    reviewed: int
    """How many of them somebody had reviewed before they were merged."""
    first_review: Percentiles | None
    """From when they were ready to the first review."""
    review: Percentiles | None
    """From the first review to the merge. Both are of those that were reviewed."""
    merge: Percentiles | None
    """From when they were ready to the merge, of all."""


def review_times(
    pull_requests: Iterable[Reviewed], calendar: WorkCalendar, first: date, last: date
) -> ReviewTimes:
    """How long the pull requests took that were merged from `first` to `last`.

    A review of a draft counts as one at once when it is ready; a review after the merge is none.
    """
    merged = [each for each in pull_requests if first <= calendar.date_of(each.merged_at) <= last]
    reviewed = [
        (each, each.first_review_at)
        for each in merged
        if each.first_review_at is not None and each.first_review_at <= each.merged_at
    ]
    return ReviewTimes(
        merged=len(merged),
        reviewed=len(reviewed),
        first_review=percentiles([max(NO_TIME, at - each.ready_at) for each, at in reviewed]),
        review=percentiles([each.merged_at - max(at, each.ready_at) for each, at in reviewed]),
        merge=percentiles([each.merged_at - each.ready_at for each in merged]),
    )
