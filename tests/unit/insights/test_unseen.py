"""Work that nobody saw on the board before it was merged."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.unseen import Merged, UnseenWork, unseen_work

BERLIN = WorkCalendar(ZoneInfo("Europe/Berlin"))
MERGED = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CONNECTED = MERGED - timedelta(days=30)


def test_work_was_seen_if_a_card_showed_it_before_it_was_merged() -> None:
    pull_requests = [
        Merged(MERGED, CONNECTED, linked_at=MERGED - HOUR, card_created_at=MERGED - 9 * HOUR),
        # Nobody ever linked it.
        Merged(MERGED, CONNECTED),
        # It was linked afterwards, to a card that was there before, …
        Merged(MERGED, CONNECTED, linked_at=MERGED + HOUR, card_created_at=MERGED - 9 * HOUR),
        # … and to one that was made for it.
        Merged(MERGED, CONNECTED, linked_at=MERGED + HOUR, card_created_at=MERGED + HOUR),
        # The second of the merge has passed, …
        Merged(MERGED, CONNECTED, linked_at=MERGED + SECOND, card_created_at=MERGED - HOUR),
        # … or has not: GitHub tells no more than that it was this one.
        Merged(MERGED, CONNECTED, linked_at=MERGED + 0.9 * SECOND, card_created_at=MERGED - HOUR),
        # The branch has the key of a card, and the card was made late.
        Merged(MERGED, CONNECTED, linked_at=MERGED - HOUR, card_created_at=MERGED + HOUR),
    ]

    found = unseen_work(pull_requests, BERLIN, date(2026, 11, 25), date(2026, 11, 25))

    assert (found, found.share) == (UnseenWork(merged=7, unseen=5, earlier=0), 5 / 7)


def test_only_what_was_merged_on_these_days_counts() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=ZoneInfo("Europe/Berlin"))
    times = (midnight - HOUR, midnight, midnight + 23 * HOUR, midnight + 24 * HOUR)

    merged = [Merged(at, CONNECTED) for at in times]
    found = unseen_work(merged, BERLIN, date(2026, 11, 25), date(2026, 11, 25))

    assert found == UnseenWork(merged=2, unseen=2, earlier=0)


def test_what_was_merged_before_the_connection_is_told_by_itself() -> None:
    pull_requests = [
        # Both before, the second one linked by then: the link is from an earlier connection.
        Merged(MERGED, MERGED + HOUR),
        Merged(MERGED, MERGED + HOUR, MERGED - HOUR, MERGED - HOUR),
        # In the moment of the connection, and after it.
        Merged(MERGED, MERGED),
        Merged(MERGED, MERGED - HOUR, MERGED - 0.5 * HOUR, MERGED - 9 * HOUR),
    ]

    found = unseen_work(pull_requests, BERLIN, date(2026, 11, 25), date(2026, 11, 25))

    assert found == UnseenWork(merged=2, unseen=1, earlier=2)
    assert [each.is_unseen for each in pull_requests] == [False, False, True, False]


def test_where_nothing_was_merged_there_is_no_share() -> None:
    found = unseen_work([], BERLIN, date(2026, 11, 1), date(2026, 11, 30))

    assert (found, found.share) == (UnseenWork(0, 0, 0), None)
