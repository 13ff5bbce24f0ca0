"""Planning sprints, as the API promises it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text, update

from taskly.platform.context import SYSTEM
from taskly.sprints.models import Sprint
from tests.history.test_undo import do, left, undo
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """An empty board."""
    return await alice.board(await alice.workspace())


async def planned(actor: Actor, board: Json, **fields: object) -> Json:
    """Plan a sprint."""
    made: Json = expect(
        await actor.post(f"/boards/{board['id']}/sprints", json=SPRINT | fields), 201
    )
    return made


async def card_in(actor: Actor, board: Json, sprint: Json, **fields: Any) -> Json:
    """A card of a sprint."""
    return await actor.card(board, sprint_id=sprint["id"], **fields)


async def assert_told(world: World, actor: Actor, board: Json) -> Json:
    """The board as it is now, which is what its log tells."""
    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    snapshot = await actor.snapshot(board["id"])
    log = await read_whole_log(actor, board["id"])
    assert differences(fold(log), as_comparable(snapshot)) == []
    return snapshot


async def test_a_sprint_is_on_its_board(alice: Actor, board: Json) -> None:
    made = expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)

    after = await alice.snapshot(board["id"])
    [shown] = after["sprints"]
    assert shown == {name: made[name] for name in shown}
    assert {name: made[name] for name in SPRINT} == SPRINT
    assert (made["goal"], made["capacity"]) == ("", 40)
    assert after["version"] == board["version"] + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": "2026-11-23"},
        {"ends_on": "2026-11-22"},
        {"ends_on": "2027-11-24"},
        {"capacity": -1},
        {"capacity": 10_000},
        {"name": ""},
        {"name": "n" * 101},
        {"goal": "g" * 501},
    ],
)
async def test_a_sprint_that_makes_no_sense_is_refused(
    alice: Actor, board: Json, wrong: Json
) -> None:
    answer = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT | wrong)

    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == board


async def test_an_archived_board_takes_no_sprint(alice: Actor, board: Json) -> None:
    expect(await alice.post(f"/boards/{board['id']}/archive"), 200)

    answer = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT)

    assert expect(answer, 409)["code"] == "board_archived"


async def test_sprints_are_listed_by_their_first_days(alice: Actor, board: Json) -> None:
    second = await planned(alice, board, starts_on="2026-12-07", ends_on="2026-12-18")
    first = await planned(alice, board)
    path = f"/boards/{board['id']}/sprints"

    page = expect(await alice.get(f"{path}?limit=1"), 200)
    rest = expect(await alice.get(f"{path}?limit=1&cursor={page['next_cursor']}"), 200)

    assert [*page["items"], *rest["items"]] == [first, second]
    assert rest["next_cursor"] is None
    assert expect(await alice.get(f"/sprints/{second['id']}"), 200) == second


@pytest.mark.parametrize(
    ("zone", "first", "last", "status"),
    [
        ("UTC", 24, 30, "planned"),
        ("UTC", 23, 30, "active"),
        ("UTC", 1, 23, "active"),
        ("UTC", 1, 22, "completed"),
        ("Etc/GMT+12", 23, 30, "planned"),
        ("Etc/GMT+12", 22, 30, "active"),
        ("Etc/GMT+12", 1, 22, "active"),
        ("Etc/GMT+12", 1, 21, "completed"),
        ("Pacific/Kiritimati", 24, 30, "planned"),
        ("Pacific/Kiritimati", 23, 30, "active"),
        ("Pacific/Kiritimati", 1, 22, "completed"),
    ],
)
async def test_the_status_follows_from_the_days_where_the_workspace_is(
    alice: Actor, board: Json, zone: str, first: int, last: int, status: str
) -> None:
    path = f"/workspaces/{board['workspace_id']}"
    expect(await alice.patch(path, json={"time_zone": zone}), 200)

    days = {"starts_on": f"2026-11-{first:02}", "ends_on": f"2026-11-{last:02}"}
    sprint = await planned(alice, board, **days)

    assert sprint["status"] == status
    [listed] = expect(await alice.get(f"/boards/{board['id']}/sprints"), 200)["items"]
    assert listed == expect(await alice.get(f"/sprints/{sprint['id']}"), 200) == sprint


async def test_sprints_may_share_days_which_the_answer_says(
    world: World, alice: Actor, board: Json
) -> None:
    first = await planned(alice, board)
    next_day = await planned(alice, board, starts_on="2026-12-05", ends_on="2026-12-18")
    assert (first["warnings"], next_day["warnings"]) == ([], [])

    extended = expect(
        await alice.patch(f"/sprints/{first['id']}", json={"ends_on": "2026-12-05"}), 200
    )

    assert extended["ends_on"] == "2026-12-05"
    [warning] = extended["warnings"]
    assert (warning["code"], warning["sprint_ids"]) == ("overlaps", [next_day["id"]])
    expect(await alice.delete(f"/sprints/{next_day['id']}"), 204)
    assert expect(await alice.get(f"/sprints/{first['id']}"), 200)["warnings"] == []
    await assert_told(world, alice, board)


async def test_a_change_says_what_changed_and_nothing_if_nothing_did(
    alice: Actor, board: Json
) -> None:
    sprint = await planned(alice, board)
    before = await alice.snapshot(board["id"])
    same = {name: sprint[name] for name in ("name", "goal", "starts_on", "ends_on", "capacity")}

    expect(await alice.patch(f"/sprints/{sprint['id']}", json=same), 200)
    assert await alice.snapshot(board["id"]) == before
    expect(
        await alice.patch(f"/sprints/{sprint['id']}", json={"goal": "Less", "capacity": 30}), 200
    )

    event = (await read_whole_log(alice, board["id"]))[-1]
    assert (event["type"], event["version"]) == ("sprint.updated", before["version"] + 1)
    assert event["data"]["before"] == {"goal": "", "capacity": 40}
    assert event["data"]["after"] == {"goal": "Less", "capacity": 30}


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": "2026-11-23"},
        {"starts_on": "2026-12-04"},
        {"capacity": None},
        {"ends_on": "2027-11-24"},
        {"starts_on": "2025-12-03"},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(
    alice: Actor, board: Json, wrong: Json
) -> None:
    sprint = await planned(alice, board)
    before = await alice.snapshot(board["id"])

    answer = await alice.patch(f"/sprints/{sprint['id']}", json=wrong)

    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == before


async def test_a_sprint_has_a_leap_year_at_most_and_who_wants_more_is_told_what_to_do(
    alice: Actor, board: Json
) -> None:
    longest = await planned(alice, board, ends_on="2027-11-23")
    longer = {"ends_on": "2027-11-24"}
    advice = "a sprint has 366 days at most, and these are 367: let it end sooner, and plan another one for what comes after"

    made = expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT | longer), 422)
    changed = expect(await alice.patch(f"/sprints/{longest['id']}", json=longer), 422)

    assert made["errors"][0]["msg"].endswith(advice)
    assert changed["detail"] == f"ends_on: {advice}."


async def test_a_sprint_from_before_there_was_a_limit_can_be_changed_and_shortened(
    world: World, alice: Actor, board: Json
) -> None:
    path = f"/sprints/{(await planned(alice, board))['id']}"
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(update(Sprint).values(ends_on=date(2126, 11, 23)))

    expect(await alice.patch(path, json={"name": "Century"}), 200)
    expect(await alice.post(f"{path}/start"), 200)
    expect(await alice.patch(path, json={"ends_on": "2125-11-23"}), 422)
    expect(await alice.patch(path, json={"ends_on": "2026-12-04"}), 200)


async def test_cards_of_a_deleted_sprint_are_back_in_the_backlog_and_come_back(
    world: World, alice: Actor, board: Json
) -> None:
    sprint = await planned(alice, board)
    cards = [await card_in(alice, board, sprint) for _ in range(2)]
    expect(await alice.post(f"/cards/{cards[1]['id']}/archive"), 200)
    before = await alice.snapshot(board["id"])

    operation = await do(alice, "DELETE", f"/sprints/{sprint['id']}")

    gone = await assert_told(world, alice, board)
    assert gone["sprints"] == []
    for card in cards:
        assert expect(await alice.get(f"/cards/{card['id']}"), 200)["sprint_id"] is None
    assert expect(await alice.get(f"/sprints/{sprint['id']}"), 404)["code"] == "not_found"
    world.app.state.hub._rooms.clear()
    log = await read_whole_log(alice, board["id"])
    told = [event for event in log if event["version"] > before["version"]]
    assert [event["type"] for event in told] == ["card.updated", "card.updated", "sprint.deleted"]
    assert left(await undo(alice, operation)) == []
    again = await assert_told(world, alice, board)
    assert again["sprints"] == before["sprints"]
    for card in cards:
        assert expect(await alice.get(f"/cards/{card['id']}"), 200)["sprint_id"] == sprint["id"]


async def test_no_card_goes_into_a_deleted_sprint(alice: Actor, board: Json) -> None:
    sprint, card = await planned(alice, board), await alice.card(board)
    expect(await alice.delete(f"/sprints/{sprint['id']}"), 204)
    before = await alice.snapshot(board["id"])
    fields = {"sprint_id": sprint["id"]}

    changed = await alice.patch(f"/cards/{card['id']}", json=fields)
    made = await alice.post(f"/boards/{board['id']}/cards", json={"title": "New", **fields})

    assert expect(changed, 422)["code"] == expect(made, 422)["code"] == "no_such_sprint"
    assert await alice.snapshot(board["id"]) == before


async def test_a_deleted_card_comes_back_without_the_sprint_that_went_meanwhile(
    world: World, alice: Actor, board: Json
) -> None:
    sprint = await planned(alice, board)
    card = await card_in(alice, board, sprint)
    operation = await do(alice, "DELETE", f"/cards/{card['id']}")
    expect(await alice.delete(f"/sprints/{sprint['id']}"), 204)

    assert left(await undo(alice, operation)) == [("card", "sprint_id", "gone")]

    assert (await assert_told(world, alice, board))["cards"][0]["sprint_id"] is None


async def test_making_a_sprint_is_undone_as_long_as_no_card_is_in_it(
    world: World, alice: Actor, board: Json
) -> None:
    answer = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT)
    sprint, operation = expect(answer, 201), answer.headers["Operation-ID"]
    card = await card_in(alice, board, sprint)
    assert left(await undo(alice, operation)) == [("sprint", None, "in_use")]
    expect(await alice.patch(f"/cards/{card['id']}", json={"sprint_id": None}), 200)

    undone = await undo(alice, operation)

    assert (await assert_told(world, alice, board))["sprints"] == []
    assert left(await undo(alice, undone["operation_id"])) == []
    assert [each["id"] for each in (await assert_told(world, alice, board))["sprints"]] == [
        sprint["id"]
    ]


async def test_a_day_of_a_sprint_that_was_longer_than_one_may_be_goes_back_unless_the_other_moved(
    world: World, alice: Actor, board: Json
) -> None:
    path = f"/sprints/{(await planned(alice, board))['id']}"
    later = await do(alice, "PATCH", path, {"starts_on": "2027-10-01", "ends_on": "2027-11-20"})
    begins = await do(alice, "PATCH", path, {"starts_on": "2027-10-04"})
    ends = await do(alice, "PATCH", path, {"ends_on": "2028-10-02"})

    # From 1 October these would be 368 days, which nobody ever wanted.
    assert left(await undo(alice, begins)) == [("sprint", "starts_on", "changed_since")]

    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(update(Sprint).values(ends_on=date(2126, 11, 23)))
        told = text(
            "UPDATE events SET data = replace(data::text, '2028-10-02', '2126-11-23')::jsonb"
        )
        await tx.session.execute(told)
    renamed = await do(alice, "PATCH", path, {"starts_on": "2126-01-01", "name": "Century"})
    assert left(await undo(alice, renamed)) == []
    assert expect(await alice.get(path), 200)["starts_on"] == "2027-10-04"
    assert left(await undo(alice, ends)) == []
    assert left(await undo(alice, begins)) == []
    assert left(await undo(alice, later)) == []
    await assert_told(world, alice, board)


async def test_days_go_back_only_together_with_what_they_fit(
    world: World, alice: Actor, board: Json
) -> None:
    sprint = await planned(alice, board)
    path = f"/sprints/{sprint['id']}"
    later = {"starts_on": "2026-11-30", "capacity": 20}
    operation = await do(alice, "PATCH", path, later)
    expect(await alice.patch(path, json={"starts_on": "2026-11-16"}), 200)
    sooner = await do(alice, "PATCH", path, {"ends_on": "2026-11-20"})
    expect(await alice.patch(path, json={"starts_on": "2026-11-17"}), 200)

    assert left(await undo(alice, operation)) == [("sprint", "starts_on", "changed_since")]

    assert expect(await alice.get(path), 200)["capacity"] == 40
    assert left(await undo(alice, sooner)) == []
    shrunk = await do(alice, "PATCH", path, {"starts_on": "2026-11-16", "ends_on": "2026-11-18"})
    expect(await alice.patch(path, json={"ends_on": "2026-11-17"}), 200)
    assert left(await undo(alice, shrunk)) == [
        ("sprint", "ends_on", "changed_since"),
        ("sprint", "starts_on", "changed_since"),
    ]
    put_off = await do(alice, "PATCH", path, {"starts_on": "2027-06-01", "ends_on": "2027-06-11"})
    expect(await alice.patch(path, json={"ends_on": "2027-12-31"}), 200)
    assert left(await undo(alice, put_off)) == [
        ("sprint", "ends_on", "changed_since"),
        ("sprint", "starts_on", "changed_since"),
    ]
    await assert_told(world, alice, board)
