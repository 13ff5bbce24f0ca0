"""What the demonstration's boards have behind them, drawn for whatever day it is."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.demo.content.people import BOARDS, PEOPLE
from taskly.demo.content.plan import PlannedBoard
from taskly.demo.past.deeds import ChangeScope, Deed, Estimate, Make, Move
from taskly.demo.past.telling import BoardPast

SATURDAY = 5
PAYMENTS = BOARDS[0]
NOW = datetime(2026, 11, 25, 11, tzinfo=UTC)

boards = st.sampled_from(BOARDS)
moments = st.floats(0, 1000).map(lambda days: NOW + timedelta(days=days))


def moments_of(past: BoardPast) -> list[datetime]:
    """When something happens."""
    return [past.work_time.moment(deed.at) for deed in past.deeds]


@given(boards, moments)
def test_everything_has_happened_by_now_on_working_days(plan: PlannedBoard, now: datetime) -> None:
    found = moments_of(BoardPast(plan, now))
    assert found == sorted(found)
    assert found[-1] + timedelta(minutes=1) < now
    assert {at.weekday() for at in found} & {SATURDAY, SATURDAY + 1} == set()
    assert {at.hour for at in found} <= set(range(9, 17))


@given(boards, moments)
def test_every_card_ends_where_the_plan_has_it(plan: PlannedBoard, now: datetime) -> None:
    where: dict[str, str] = {}
    for deed in BoardPast(plan, now).deeds:
        if isinstance(deed.act, Make):
            assert deed.act.card.title not in where
            where[deed.act.card.title] = plan.columns[0].name
        elif isinstance(deed.act, Move):
            assert where[deed.act.title] != deed.act.column
            where[deed.act.title] = deed.act.column
    assert {card.title: where[card.title] for card in plan.cards} == {
        card.title: card.column for card in plan.cards
    }


@given(moments)
def test_half_of_the_sprint_that_runs_is_over(now: datetime) -> None:
    past = BoardPast(PAYMENTS, now)
    assert past.work_time.moment(30) <= now - timedelta(days=6)
    assert past.work_time.moment(40) >= now + timedelta(days=4)


def test_what_is_drawn_is_always_the_same() -> None:
    assert BoardPast(PAYMENTS, NOW).deeds == BoardPast(PAYMENTS, NOW).deeds


@pytest.mark.parametrize("number", range(3))
def test_a_sprint_that_is_over_has_a_whole_teams_work(number: int) -> None:
    deeds = BoardPast(PAYMENTS, NOW).deeds
    ours = [deed for deed in deeds if 10 * number <= deed.at < 10 * number + 10]
    added = {title for change in scope_changes(ours, number) for title in change.add}
    late = {title for change in scope_changes(ours, number)[1:] for title in change.add}
    removed = [title for change in scope_changes(ours, number) for title in change.remove]
    assert 15 <= len(added) <= 30
    assert late
    assert len(removed) == 1
    assert any(isinstance(deed.act, Estimate) for deed in ours)
    assert {deed.by for deed in ours} == {person.login for person in PEOPLE}


def test_some_cards_were_done_twice() -> None:
    moves = Counter(
        deed.act.title
        for deed in BoardPast(PAYMENTS, NOW).deeds
        if isinstance(deed.act, Move) and deed.act.column == "Done"
    )
    assert sorted(moves.values())[-3:] == [1, 2, 2]


def scope_changes(deeds: list[Deed], number: int) -> list[ChangeScope]:
    """What came into a sprint and left it."""
    acts = (deed.act for deed in deeds)
    return [act for act in acts if isinstance(act, ChangeScope) and act.sprint == number]
