"""How long cards took, worked out by hand."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from taskly.insights.rules.durations import Durations
from taskly.insights.rules.percentiles import Percentiles, percentile, percentiles
from tests.support import whole_past
from tests.support.board_story import BoardStory, named
from tests.support.whole_past import ageing_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def durations_of(
    story: BoardStory, first: str, last: str, as_of: str = "2026-12-31 00:00"
) -> Durations:
    """How long the cards took that were done on some days."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return whole_past.durations_of(story.past().cards, story.calendar, *days, story.at(as_of))


def test_cycle_time_runs_from_the_beginning_of_work_and_lead_time_from_the_card() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one")
    story.move("2026-11-04 09:00", "one", "Doing")
    story.move("2026-11-05 15:00", "one", "Review")
    story.move("2026-11-06 10:00", "one", "Done")

    [card] = durations_of(story, "2026-11-06", "2026-11-06").cards

    assert card.cycle_time == 2 * DAY + HOUR
    assert card.lead_time == 4 * DAY + HOUR
    assert card.in_columns == {
        named("To Do"): 2 * DAY,
        named("Doing"): DAY + 6 * HOUR,
        named("Review"): 19 * HOUR,
    }
    assert sum(card.in_columns.values(), timedelta()) == card.lead_time


def test_a_card_that_was_reopened_took_until_it_was_done_for_good() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one", "Doing")
    story.move("2026-11-03 09:00", "one", "Done")
    story.move("2026-11-05 09:00", "one", "To Do")
    story.move("2026-11-06 09:00", "one", "Doing")
    reopened = durations_of(story, "2026-11-01", "2026-11-30")
    story.move("2026-11-09 09:00", "one", "Done")

    [card] = durations_of(story, "2026-11-01", "2026-11-30").cards

    assert reopened.cards == ()
    assert (card.cycle_time, card.lead_time) == (7 * DAY, 7 * DAY)
    assert card.in_columns == {
        named("Doing"): 4 * DAY,
        named("Done"): 2 * DAY,
        named("To Do"): DAY,
    }
    assert durations_of(story, "2026-11-03", "2026-11-08").cards == ()
    # As it was known then, it had been done within a day.
    [then] = durations_of(story, "2026-11-03", "2026-11-03", as_of="2026-11-04 00:00").cards
    assert then.cycle_time == DAY


def test_a_card_that_was_made_as_done_took_no_time() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one", "Done")

    found = durations_of(story, "2026-11-01", "2026-11-30")

    assert found.cycle_time == Percentiles(timedelta(), timedelta(), timedelta(), 1)
    assert found.cards[0].in_columns == {}


def test_a_card_from_another_board_took_time_there_too() -> None:
    story = BoardStory()
    story.card(
        "2026-11-10 09:00",
        "one",
        "Doing",
        kind="card.arrived",
        created_at="2026-11-01T09:00:00+00:00",
        started_at="2026-11-03T09:00:00+00:00",
    )
    story.move("2026-11-12 09:00", "one", "Done")

    [card] = durations_of(story, "2026-11-12", "2026-11-12").cards

    assert (card.cycle_time, card.lead_time) == (9 * DAY, 11 * DAY)
    assert card.in_columns == {named("Doing"): 2 * DAY}


def test_the_archive_is_no_column() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one", "Doing")
    story.leave("2026-11-03 09:00", "one", "card.archived")
    story.come_back("2026-11-06 09:00", "one")
    story.move("2026-11-06 12:00", "one", "Done")
    story.leave("2026-11-09 09:00", "one", "card.archived")

    [card] = durations_of(story, "2026-11-06", "2026-11-06").cards

    assert card.cycle_time == 4 * DAY + 3 * HOUR
    assert card.in_columns == {named("Doing"): DAY + 3 * HOUR}


def test_clocks_that_change_neither_add_nor_take_time() -> None:
    story = BoardStory(ZoneInfo("Europe/Berlin"), begins="2026-10-01 00:00")
    story.card("2026-10-24 12:00", "one", "Doing")
    story.move("2026-10-25 12:00", "one", "Done")

    [card] = durations_of(story, "2026-10-25", "2026-10-25").cards

    assert card.cycle_time == 25 * HOUR


def test_a_card_that_is_done_at_midnight_counts_on_the_new_day() -> None:
    story = BoardStory()
    story.card("2026-11-09 12:00", "one", "Doing")
    story.move("2026-11-10 00:00", "one", "Done")

    assert durations_of(story, "2026-11-09", "2026-11-09").cards == ()
    assert len(durations_of(story, "2026-11-10", "2026-11-10").cards) == 1


def test_what_another_product_says_in_disorder_takes_no_negative_time() -> None:
    story = BoardStory()
    story.card("2026-11-10 09:00", "one", "Done", created_at="2026-11-20T09:00:00+00:00")

    assert durations_of(story, "2026-11-01", "2026-11-30").cards[0].lead_time == timedelta()


@pytest.fixture
def twenty() -> BoardStory:
    """Twenty cards that took 1, 2, … 20 days, all done on the same evening."""
    story = BoardStory(begins="2026-10-01 00:00")
    for days in range(1, 21):
        began = story.at("2026-11-30 18:00") - days * DAY
        story.card(f"{began:%Y-%m-%d %H:%M}", f"card {days}", "Doing")
        story.move("2026-11-30 18:00", f"card {days}", "Done")
    return story


def test_percentiles_are_durations_that_occurred(twenty: BoardStory) -> None:
    found = durations_of(twenty, "2026-11-30", "2026-11-30")

    # 50 % of 20 are ten cards, 85 % are 17, 95 % are 19.
    assert found.cycle_time == Percentiles(10 * DAY, 17 * DAY, 19 * DAY, 20)
    assert found.lead_time == found.cycle_time
    assert found.in_columns == {named("Doing"): found.cycle_time}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, (1, 1, 1)), (2, (1, 2, 2)), (3, (2, 3, 3)), (7, (4, 6, 7)), (100, (50, 85, 95))],
)
def test_the_rank_of_a_percentile_is_rounded_up(count: int, expected: tuple[int, ...]) -> None:
    values = list(range(1, count + 1))

    assert tuple(percentile(values, percent) for percent in (50, 85, 95)) == expected


def test_of_nothing_there_are_no_percentiles() -> None:
    assert percentiles([]) is None
    assert durations_of(BoardStory(), "2026-11-01", "2026-11-30") == Durations((), None, None, {})


def test_work_in_progress_ages_beside_what_was_finished(twenty: BoardStory) -> None:
    for name, began in (("young", "2026-12-02 18:00"), ("old", "2026-11-14 18:00")):
        twenty.card(began, name, "Doing")
    twenty.card("2026-11-13 18:00", "ancient", "Review")
    twenty.card("2026-10-01 18:00", "not begun")
    twenty.card("2026-10-01 18:00", "given up", "Doing")
    twenty.leave("2026-11-30 18:00", "given up", "card.archived")
    cards, now = twenty.past().cards, twenty.at("2026-12-03 18:00")

    finished = durations_of(twenty, "2026-10-01", "2026-12-31", "2026-12-03 18:00").cards
    found = ageing_of(cards, [each.cycle_time for each in finished], now)

    assert [(each.card_id, each.age, each.older_than, each.share_sooner) for each in found] == [
        (named("ancient"), 20 * DAY, 95, 0.95),
        # Nineteen days are the 95th percentile, and do not exceed it.
        (named("old"), 19 * DAY, 85, 0.9),
        (named("young"), DAY, None, 0.0),
    ]
    assert found[0].column_id == named("Review")


def test_the_first_cards_in_progress_have_nothing_to_be_compared_with() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one", "Doing")

    [one] = ageing_of(story.past().cards, [], story.at("2026-11-04 09:00"))

    assert (one.age, one.older_than, one.share_sooner) == (2 * DAY, None, None)


def test_a_reopened_card_ages_from_when_work_first_began() -> None:
    story = BoardStory()
    story.card("2026-11-02 09:00", "one", "Doing")
    story.move("2026-11-03 09:00", "one", "Done")
    story.move("2026-11-05 09:00", "one", "Doing")

    [one] = ageing_of(story.past().cards, [], story.at("2026-11-06 09:00"))

    assert one.age == 4 * DAY
