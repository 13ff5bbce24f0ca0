"""Sprints, backlog, dependencies and days when cards are due, in one answer."""

from datetime import timedelta

import pytest

from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

NOW = {"name": "Sprint 12", "starts_on": "2026-11-16", "ends_on": "2026-11-27", "capacity": 10}
NEXT = {"name": "Sprint 13", "starts_on": "2026-11-30", "ends_on": "2026-12-11", "capacity": 40}
LONG_AGO = {"name": "Sprint 1", "starts_on": "2026-01-05", "ends_on": "2026-01-16"}


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice and Bob with a sprint under way, the next one, and one of long ago."""
    await alice.stay_signed_in()
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace, template="kanban")
    for sprint in (NEXT, NOW, LONG_AGO):
        expect(await alice.post(f"/boards/{board['id']}/sprints", json=sprint), 201)
    return await alice.snapshot(board["id"])


def sprint_of(board: Json, name: str) -> str:
    """The id of a sprint."""
    return next(str(each["id"]) for each in board["sprints"] if each["name"] == name)


async def timeline(actor: Actor, board: Json, query: str = "") -> Json:
    """What the API shows."""
    shown: Json = expect(await actor.get(f"/boards/{board['id']}/timeline{query}"), 200)
    return shown


async def wait_for(actor: Actor, blocked: Json, blocker: Json) -> None:
    """Let a card wait for another one."""
    path = f"/cards/{blocked['id']}"
    expect(await actor.patch(path, json={"blocker_ids": [blocker["id"]]}), 200)


def titles(cards: list[Json]) -> list[str]:
    """The titles of cards."""
    return [card["title"] for card in cards]


async def test_sprints_stand_in_order_with_their_totals_and_load(
    alice: Actor, bob: Actor, board: Json
) -> None:
    sprint_id = sprint_of(board, "Sprint 12")
    done = await alice.card(board, "done", story_points=5, sprint_id=sprint_id)
    await alice.move(done, column_id=column(board, "Done")["id"])
    expect(await alice.post(f"/cards/{done['id']}/archive"), 200)
    both = [str(alice.user_id), str(bob.user_id)]
    await alice.card(board, "shared", story_points=7, sprint_id=sprint_id, assignee_ids=both)
    await alice.card(board, "unknown", sprint_id=sprint_id)
    given_up = await alice.card(board, "given up", story_points=9, sprint_id=sprint_id)
    expect(await alice.post(f"/cards/{given_up['id']}/archive"), 200)
    days_off = f"/sprints/{sprint_id}/days-off/{bob.user_id}"
    expect(await alice.request("PUT", days_off, json={"days": 9}), 200)

    shown = await timeline(alice, board)

    assert [(each["name"], each["status"]) for each in shown["sprints"]] == [
        ("Sprint 12", "active"),
        ("Sprint 13", "planned"),
    ]
    now, later = shown["sprints"]
    assert now["totals"] == {
        "cards": 3,
        "points": 12,
        "cards_done": 1,
        "points_done": 5,
        "cards_without_estimate": 1,
    }
    assert titles(now["cards"]) == ["shared", "unknown"], "what is archived is not on the board"
    capacity = expect(await alice.get(f"/sprints/{sprint_id}/capacity"), 200)
    assert now["load"] == capacity
    assert now["load"]["health"] == "overloaded"
    assert (later["totals"]["cards"], later["load"]["people"]) == (0, [])


async def test_the_backlog_is_what_is_open_and_in_no_sprint_by_priority_and_place(
    alice: Actor, board: Json
) -> None:
    for title, fields in {
        "low": {"priority": "low"},
        "second": {"priority": "high"},
        "third": {"priority": "high"},
        "planned": {"sprint_id": sprint_of(board, "Sprint 13")},
    }.items():
        await alice.card(board, title, **fields)
    first = await alice.card(board, "first", priority="urgent")
    done = await alice.card(board, "done", priority="urgent")
    await alice.move(done, column_id=column(board, "Done")["id"])

    shown = (await timeline(alice, board, "?backlog=2"))["backlog"]

    assert titles(shown["cards"]) == ["first", "second"]
    assert (shown["more"], shown["totals"]["cards"]) == (2, 4)
    everything = (await timeline(alice, board))["backlog"]
    assert titles(everything["cards"]) == ["first", "second", "third", "low"]
    assert everything["cards"][0]["id"] == first["id"]


async def test_filters_choose_cards_and_leave_load_and_totals_whole(
    alice: Actor, bob: Actor, board: Json
) -> None:
    sprint_id = sprint_of(board, "Sprint 12")
    mine = {"assignee_ids": [str(alice.user_id)], "sprint_id": sprint_id, "story_points": 3}
    await alice.card(board, "mine", due_date="2026-12-01", **mine)
    other = {**mine, "assignee_ids": [str(bob.user_id)], "due_date": "2026-12-02"}
    await alice.card(board, "other", **other)
    await alice.card(board, "later")

    shown = await timeline(alice, board, "?q=assignee:me")

    [now, _] = shown["sprints"]
    assert titles(now["cards"]) == ["mine"]
    assert (now["totals"]["points"], now["matching"]["points"]) == (6, 3)
    assert len(now["load"]["people"]) == 2
    assert (shown["backlog"]["cards"], shown["backlog"]["totals"]["cards"]) == ([], 1)
    assert [each["day"] for each in shown["milestones"]] == ["2026-12-01"]
    wrong = await alice.get(f"/boards/{board['id']}/timeline?q=asignee:me")
    assert expect(wrong, 422)["code"] == "query_invalid"


async def test_dependencies_say_whether_the_plan_heeds_them(alice: Actor, board: Json) -> None:
    now, later = (sprint_of(board, name) for name in ("Sprint 12", "Sprint 13"))
    waiting = await alice.card(board, "waiting", sprint_id=now)
    after = await alice.card(board, "after", sprint_id=later)
    nowhere = await alice.card(board, "nowhere")
    done = await alice.card(board, "done")
    await alice.move(done, column_id=column(board, "Done")["id"])
    blockers = [each["id"] for each in (after, nowhere, done)]
    expect(await alice.patch(f"/cards/{waiting['id']}", json={"blocker_ids": blockers}), 200)
    last = await alice.card(board, "last", sprint_id=later)
    await wait_for(alice, last, waiting)

    shown = (await timeline(alice, board))["dependencies"]

    assert [(each["blocker_id"], each["blocked_id"], each["order"]) for each in shown] == [
        (after["id"], waiting["id"], "later"),
        (nowhere["id"], waiting["id"], "unplanned"),
        (done["id"], waiting["id"], "settled"),
        (waiting["id"], last["id"], "in_order"),
    ]


async def test_what_is_due_on_one_day_is_one_milestone(alice: Actor, board: Json) -> None:
    one = await alice.card(board, "one", due_date="2026-12-03", story_points=2)
    two = await alice.card(board, "two", due_date="2026-12-03", priority="high")
    early = await alice.card(board, "early", due_date="2026-12-01")

    found = (await timeline(alice, board))["milestones"]

    assert [(each["day"], each["card_ids"]) for each in found] == [
        ("2026-12-01", [early["id"]]),
        ("2026-12-03", [two["id"], one["id"]]),
    ]
    assert found[1]["totals"]["points"] == 2


async def test_today_is_that_of_the_workspace(world: World, alice: Actor, board: Json) -> None:
    path = f"/workspaces/{board['workspace_id']}"
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(hours=13))  # the 23rd, 22:00 in UTC
    assert (await timeline(alice, board))["today"] == "2026-11-23"
    expect(await alice.patch(path, json={"time_zone": "Pacific/Kiritimati"}), 200)

    shown = await timeline(alice, board)

    assert (shown["today"], shown["time_zone"]) == ("2026-11-24", "Pacific/Kiritimati")


async def test_older_sprints_are_shown_if_asked_for(alice: Actor, board: Json) -> None:
    shown = await timeline(alice, board, "?since=2026-01-16")
    assert [each["name"] for each in shown["sprints"]] == ["Sprint 1", "Sprint 12", "Sprint 13"]
    assert len((await timeline(alice, board, "?since=2026-01-17"))["sprints"]) == 2
    expect(await alice.post(f"/sprints/{sprint_of(board, 'Sprint 1')}/start"), 200)

    shown = await timeline(alice, board)

    assert [each["status"] for each in shown["sprints"]] == ["active", "active", "planned"]


async def test_the_tag_tells_whether_anything_changed(
    world: World, alice: Actor, board: Json
) -> None:
    path = f"/boards/{board['id']}/timeline"
    first = await alice.get(path)
    tag = {"If-None-Match": first.headers["ETag"]}

    assert (await alice.get(path, headers=tag)).status_code == 304
    assert first.json()["version"] == board["version"]
    await alice.card(board, "new")
    assert (await alice.get(path, headers=tag)).status_code == 200
    tag = {"If-None-Match": (await alice.get(path)).headers["ETag"]}
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(days=1))
    assert (await alice.get(path, headers=tag)).status_code == 200, "another day"
