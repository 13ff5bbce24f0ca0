"""What holds for whatever happened on a board."""

from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given

from taskly.boards.rules import Category
from taskly.insights.rules.amounts import NOTHING, total
from taskly.insights.rules.burning import burn
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.histories import CardHistory, SprintHistory
from taskly.insights.rules.velocity import outcome
from tests.support.pasts import boards, calendars, dates, moments, sprints
from tests.support.whole_past import flow_of


@given(cards=boards, calendar=calendars, first=dates, as_of=moments)
def test_the_categories_of_a_day_hold_all_cards_that_there_are(
    cards: list[CardHistory], calendar: WorkCalendar, first: date, as_of: datetime
) -> None:
    flow = flow_of(cards, calendar, first, first + timedelta(days=9), as_of)

    for each in flow:
        end = min(each.day.ends_at, as_of + INSTANT)
        steps = [card.before(end) for card in cards]
        there = [step for step in steps if step is not None and step.counts]
        assert each.cards == len(there)
        assert sum(each.by_column.values()) == len(there)
        assert each.by_category == {
            category: sum(step.category is category for step in there) for category in Category
        }
        assert each.by_column == Counter(step.column_id for step in there)


@given(cards=boards, calendar=calendars, sprint=sprints(), as_of=moments)
def test_what_is_done_and_what_remains_make_up_the_scope(
    cards: list[CardHistory], calendar: WorkCalendar, sprint: SprintHistory, as_of: datetime
) -> None:
    found = burn(sprint, cards, calendar, as_of)

    assert found is not None
    for day in found.days:
        if day.standing is not None:
            assert day.standing.remaining + day.standing.done == day.standing.scope


@given(cards=boards, calendar=calendars, sprint=sprints(), as_of=moments)
def test_a_day_stands_as_each_of_its_cards_does_at_its_end(
    cards: list[CardHistory], calendar: WorkCalendar, sprint: SprintHistory, as_of: datetime
) -> None:
    found = burn(sprint, cards, calendar, as_of)

    assert found is not None
    window = found.window
    for day in found.days:
        begun = window.opens_at < day.day.ends_at and day.day.starts_at < window.ends_at
        assert (day.standing is not None) is begun
        if day.standing is not None:
            end = min(day.day.ends_at, window.ends_at)
            steps = [step for card in cards if (step := card.before(end)) is not None]
            shares = [(step.category, share) for step in steps if (share := window.share(step))]
            done = total(share for category, share in shares if category is Category.DONE)
            assert day.standing.done == done
            assert day.standing.scope == total(share for _, share in shares)


@given(cards=boards, calendar=calendars, sprint=sprints(), as_of=moments)
def test_the_commitment_and_all_changes_make_up_the_scope(
    cards: list[CardHistory], calendar: WorkCalendar, sprint: SprintHistory, as_of: datetime
) -> None:
    found = burn(sprint, cards, calendar, as_of)

    assert found is not None
    if found.commitment is None or found.last is None or found.last.standing is None:
        assert found.changes == ()
        return
    changed = total(change.amount for change in found.changes)
    assert found.commitment + changed == found.last.standing.scope
    known = outcome(found.window, cards)
    assert known.committed == found.commitment
    assert known.completed == found.last.standing.done
    assert known.carried_over == found.last.standing.remaining
    grown = known.committed + known.added - known.removed + known.estimated
    assert grown == known.completed + known.carried_over
    assert known.estimated.cards == NOTHING.cards


@given(cards=boards, calendar=calendars, sprint=sprints(), as_of=moments)
def test_a_chart_as_of_a_day_does_not_know_what_came_later(
    cards: list[CardHistory], calendar: WorkCalendar, sprint: SprintHistory, as_of: datetime
) -> None:
    known = [
        CardHistory(card.card_id, card.created_at, steps)
        for card in cards
        if (steps := tuple(step for step in card.steps if step.at <= as_of))
    ]

    assert burn(sprint, cards, calendar, as_of) == burn(sprint, known, calendar, as_of)
    day = calendar.date_of(as_of)
    days = day - timedelta(days=5), day + timedelta(days=5)
    assert flow_of(cards, calendar, *days, as_of) == flow_of(known, calendar, *days, as_of)
