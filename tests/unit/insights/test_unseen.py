"""Work that nobody saw on the board before it was merged."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.unseen import Merged, UnseenWork, unseen_work

BERLIN = WorkCalendar(ZoneInfo("Europe/Berlin"))
MERGED = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR = timedelta(hours=1)


def test_work_was_seen_if_a_card_showed_it_before_it_was_merged() -> None:
    pull_requests = [
        Merged(MERGED, linked_at=MERGED - HOUR, card_created_at=MERGED - 9 * HOUR),
        # Nobody ever linked it.
        Merged(MERGED),
        # It was linked afterwards, to a card that was there before, …
        Merged(MERGED, linked_at=MERGED + HOUR, card_created_at=MERGED - 9 * HOUR),
        # … and to one that was made for it.
        Merged(MERGED, linked_at=MERGED + HOUR, card_created_at=MERGED + HOUR),
        # In the same moment is not before.
        Merged(MERGED, linked_at=MERGED, card_created_at=MERGED - HOUR),
        # The branch has the key of a card, and the card was made late.
        Merged(MERGED, linked_at=MERGED - HOUR, card_created_at=MERGED + HOUR),
    ]

    found = unseen_work(pull_requests, BERLIN, date(2026, 11, 25), date(2026, 11, 25))

    assert (found, found.share) == (UnseenWork(merged=6, unseen=5), 5 / 6)


def test_only_what_was_merged_on_these_days_counts() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=ZoneInfo("Europe/Berlin"))
    times = (midnight - HOUR, midnight, midnight + 23 * HOUR, midnight + 24 * HOUR)

    found = unseen_work(map(Merged, times), BERLIN, date(2026, 11, 25), date(2026, 11, 25))

    assert found == UnseenWork(merged=2, unseen=2)


def test_where_nothing_was_merged_there_is_no_share() -> None:
    found = unseen_work([], BERLIN, date(2026, 11, 1), date(2026, 11, 30))

    assert (found, found.share) == (UnseenWork(0, 0), None)
