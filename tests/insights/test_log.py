"""The log of a real board says all that its charts need."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from taskly.insights.rules.amounts import Amount
from taskly.insights.rules.burning import burn
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.histories import Presence
from taskly.insights.rules.sprints import Standing
from tests.insights.days import at_hour, two_sprints
from tests.support.actors import Actor, Json, column, expect
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.world import World

pytestmark = pytest.mark.anyio

CALENDAR = WorkCalendar()
SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-24", "ends_on": "2026-12-04"}


async def test_a_sprint_burns_as_its_cards_were_moved(
    world: World, alice: Actor, workspace: Json, board: Json
) -> None:
    sprint = expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)
    done, other = column(board, "Done"), await alice.board(workspace, name="Elsewhere")
    five, three, two = [
        await alice.card(board, f"{points}", story_points=points, sprint_id=sprint["id"])
        for points in (5, 3, 2)
    ]
    await at_hour(world, 24, 9)
    await alice.move(five, column_id=done["id"])
    await at_hour(world, 25, 9)
    expect(await alice.patch(f"/cards/{three['id']}", json={"story_points": 8}), 200)
    await at_hour(world, 26, 9)
    expect(
        await alice.post(f"/cards/{two['id']}/move-to-board", json={"board_id": other["id"]}), 200
    )
    now = await at_hour(world, 27, 9)

    past = await past_of(alice, board)
    found = burn(past.sprints_by_id[UUID(sprint["id"])], past.cards, CALENDAR, now)

    assert found is not None
    assert found.commitment == Amount(3, 10)
    known = [day.standing for day in found.days if day.standing]
    assert [each.remaining.points for each in known] == [5, 10, 8, 8]
    assert [each.done.points for each in known] == [5, 5, 5, 5]
    assert [(change.kind.value, change.amount, change.by) for change in found.changes] == [
        ("estimated", Amount(0, 5), alice.user_id),
        ("removed", Amount(-1, -2), alice.user_id),
    ]
    elsewhere = await past_of(alice, other)
    [came] = elsewhere.cards
    assert (came.card_id, came.created_at) == (
        UUID(two["id"]),
        datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    assert came.steps[0].sprint_id is None


async def test_a_move_that_was_undone_leaves_no_time_of_completion(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    await at_hour(world, 24, 9)
    await alice.move(card, column_id=column(board, "In Progress")["id"])
    begun = await at_hour(world, 25, 9)
    place = {"column_id": column(board, "Done")["id"]}
    moved = await alice.post(f"/cards/{card['id']}/move", json=place)
    await at_hour(world, 26, 9)
    expect(await alice.post(f"/operations/{moved.headers['Operation-ID']}/undo"), 200)

    [history] = (await past_of(alice, board)).cards

    last = history.steps[-1]
    assert (last.started_at, last.done_at) == (begun - timedelta(days=1), None)


async def test_cards_that_go_and_come_back_are_told_apart(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    path = f"/cards/{card['id']}"
    undone: str | None = None
    for day, (method, where) in enumerate(
        [("POST", f"{path}/archive"), ("POST", f"{path}/restore"), ("POST", f"{path}/archive"), ("DELETE", path)],
        start=24,
    ):  # fmt: skip
        await at_hour(world, day, 9)
        answer = await alice.request(method, where)
        assert answer.is_success
        undone = answer.headers["Operation-ID"]
    await at_hour(world, 28, 9)
    expect(await alice.post(f"/operations/{undone}/undo"), 200)

    [history] = (await past_of(alice, board)).cards

    assert [step.presence for step in history.steps] == [
        Presence.ON_BOARD,
        Presence.ARCHIVED,
        Presence.ON_BOARD,
        Presence.ARCHIVED,
        Presence.DELETED,
        Presence.ARCHIVED,
    ]


async def test_a_column_that_means_something_else_takes_its_cards_along(
    world: World, alice: Actor, board: Json
) -> None:
    review = column(board, "In Review")
    card = await alice.card(board, column_id=review["id"])
    then = await at_hour(world, 24, 9)
    path = f"/boards/{board['id']}/columns/{review['id']}"
    changed = await alice.patch(path, json={"category": "done"})
    now = await at_hour(world, 25, 9)
    expect(await alice.post(f"/operations/{changed.headers['Operation-ID']}/undo"), 200)

    past = await past_of(alice, board)

    [history] = past.cards
    assert [step.category.value for step in history.steps] == ["in_progress", "done", "in_progress"]
    assert [step.done_at for step in history.steps] == [None, then, None]
    assert shown_by(past, now + INSTANT) == shown_in(await alice.snapshot(board["id"]))
    assert set(shown_by(past, now)) == {card["id"]}


async def test_the_days_of_a_sprint_are_those_that_were_planned(alice: Actor, board: Json) -> None:
    expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)

    [sprint] = (await past_of(alice, board)).sprints

    [step] = sprint.steps
    assert (step.name, step.by) == ("Sprint 12", alice.user_id)
    assert (step.starts_on, step.ends_on) == (date(2026, 11, 24), date(2026, 12, 4))


async def test_a_sprint_lasts_from_when_it_is_started_until_it_is_completed(
    world: World, alice: Actor, board: Json
) -> None:
    sprint, following = await two_sprints(alice, board)
    done = column(board, "Done")["id"]
    begun = await alice.card(board, "Begun", story_points=3, sprint_id=sprint)
    left = await alice.card(board, "Left", story_points=2, sprint_id=sprint)
    started_at = await at_hour(world, 24, 10)
    expect(await alice.post(f"/sprints/{sprint}/start"), 200)
    await at_hour(world, 25, 9)
    await alice.move(begun, column_id=done)
    expect(await alice.patch(f"/sprints/{sprint}", json={"ends_on": "2026-11-28"}), 200)
    away = f"/sprints/{sprint}/days-off/{alice.user_id}"
    expect(await alice.request("PUT", away, json={"days": 1}), 200)
    completed_at = await at_hour(world, 27, 15)
    completed = await alice.post(f"/sprints/{sprint}/complete", json={"unfinished": "next_sprint"})
    outcome = expect(completed, 200)["outcome"]
    undone_at = await at_hour(world, 28, 9)
    expect(await alice.post(f"/operations/{completed.headers['Operation-ID']}/undo"), 200)
    now = await at_hour(world, 29, 9)

    past = await past_of(alice, board)

    found = burn(past.sprints_by_id[UUID(sprint)], past.cards, CALENDAR, undone_at - INSTANT)
    assert found is not None
    assert (found.window.opens_at, found.window.closes_at) == (started_at, completed_at)
    assert found.commitment == Amount(2, 5)
    assert found.last is not None
    assert found.last.standing == Standing(Amount(2, 5), Amount(1, 3), Amount(1, 2))
    assert [card["card_id"] for card in outcome["completed"]["cards"]] == [begun["id"]]
    assert [card["card_id"] for card in outcome["not_completed"]["cards"]] == [left["id"]]
    assert found.changes == ()
    assert [each.ends_on for each in found.replannings] == [date(2026, 11, 28)]
    carried = past.cards[1].before(undone_at)
    assert carried is not None
    assert str(carried.sprint_id) == following
    reopened = burn(past.sprints_by_id[UUID(sprint)], past.cards, CALENDAR, now)
    assert reopened is not None
    assert not reopened.window.is_over
