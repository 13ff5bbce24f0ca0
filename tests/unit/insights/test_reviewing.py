"""How long pull requests took, worked out by hand."""

from datetime import UTC, date, datetime, timedelta

from taskly.insights.rules import readings
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.percentiles import Percentiles
from taskly.insights.rules.reviewing import Reviewed, ReviewTimes, review_times

HOUR = timedelta(hours=1)
OPENED = datetime(2026, 11, 23, 9, tzinfo=UTC)
WEEK = date(2026, 11, 23), date(2026, 11, 29)


def times(*pull_requests: Reviewed) -> ReviewTimes:
    """How long those took that were merged in the week."""
    return review_times(pull_requests, WorkCalendar(), *WEEK)


def test_a_pull_request_waits_for_a_review_and_then_for_its_merge() -> None:
    found = times(
        Reviewed(OPENED, OPENED + 10 * HOUR, OPENED + 4 * HOUR),
        Reviewed(OPENED, OPENED + 30 * HOUR, OPENED + HOUR),
        Reviewed(OPENED, OPENED + 2 * HOUR),
    )

    assert found == ReviewTimes(
        merged=3,
        reviewed=2,
        first_review=Percentiles(HOUR, 4 * HOUR, 4 * HOUR, 2),
        review=Percentiles(6 * HOUR, 29 * HOUR, 29 * HOUR, 2),
        merge=Percentiles(10 * HOUR, 30 * HOUR, 30 * HOUR, 3),
    )
    assert readings.review_times(found) == (
        "Of 2 reviewed pull requests half had the first review within 1 hour. "
        "Of 3 pull requests half were merged within 10 hours."
    )


def test_a_review_of_a_draft_comes_at_once_and_one_after_the_merge_is_none() -> None:
    early = times(Reviewed(OPENED, OPENED + HOUR, OPENED - HOUR))
    late = times(Reviewed(OPENED, OPENED + HOUR, OPENED + 2 * HOUR))

    assert (early.first_review, early.review) == (
        Percentiles(0 * HOUR, 0 * HOUR, 0 * HOUR, 1),
        Percentiles(HOUR, HOUR, HOUR, 1),
    )
    assert readings.review_times(early) == (
        "The only reviewed pull request had the first review within a minute. "
        "The only pull request was merged within 1 hour."
    )
    assert (late.reviewed, late.first_review, late.review) == (0, None, None)
    assert readings.review_times(late) == (
        "Nobody had reviewed what was merged. The only pull request was merged within 1 hour."
    )


def test_only_what_was_merged_on_these_days_counts() -> None:
    found = times(
        Reviewed(OPENED - 99 * HOUR, datetime(2026, 11, 22, 23, 59, tzinfo=UTC)),
        Reviewed(OPENED, datetime(2026, 11, 30, tzinfo=UTC)),
    )

    assert found == ReviewTimes(0, 0, None, None, None)
    assert readings.review_times(found) == "Nothing was merged on these days."
