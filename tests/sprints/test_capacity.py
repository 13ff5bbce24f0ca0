"""Who can take how much in a sprint, as the API promises it."""

import pytest

from tests.history.test_undo import left, undo
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

SPRINT = {
    "name": "Sprint 12",
    "starts_on": "2026-11-23",
    "ends_on": "2026-12-04",
    "capacity": 30,
}


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice, who can take 10 points, and Bob, who can take 20, with a sprint."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    path = f"/workspaces/{workspace['id']}/members/{alice.user_id}"
    expect(await alice.patch(path, json={"capacity": 10}), 200)
    board = await alice.board(workspace)
    expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)
    return await alice.snapshot(board["id"])


def path_of(board: Json) -> str:
    """The path of the sprint's capacity."""
    return f"/sprints/{board['sprints'][0]['id']}/capacity"


def own_path(board: Json, person: Actor) -> str:
    """Where it is set what somebody can take in the sprint."""
    return f"/sprints/{board['sprints'][0]['id']}/capacities/{person.user_id}"


async def card_in(board: Json, points: int | None, by: Actor, *people: Actor) -> Json:
    """A card of the sprint with people on it."""
    fields = {
        "sprint_id": board["sprints"][0]["id"],
        "story_points": points,
        "assignee_ids": [str(person.user_id) for person in people],
    }
    return await by.card(board, "A card", **fields)


def loads(shown: Json) -> dict[str, tuple[int, str, int]]:
    """Capacity, exact load and number of cards of each person."""
    return {
        each["user_id"]: (each["capacity"], each["load_exact"], each["cards"])
        for each in shown["people"]
    }


async def test_the_load_of_each_person_follows_from_their_cards(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    viewer = await world.person("viewer")
    await alice.invite({"id": board["workspace_id"]}, viewer, "viewer")
    await card_in(board, 5, alice, alice, bob)
    await card_in(board, 3, alice, bob)
    await card_in(board, 8, alice)
    await card_in(board, None, alice, alice)
    await alice.card(board, "elsewhere", story_points=50, assignee_ids=[str(bob.user_id)])
    given_up = await card_in(board, 9, alice, alice)
    expect(await alice.post(f"/cards/{given_up['id']}/archive"), 200)

    shown = expect(await bob.get(path_of(board)), 200)

    assert loads(shown) == {
        str(alice.user_id): (10, "5/2", 2),
        str(bob.user_id): (20, "11/2", 2),
    }
    assert (shown["capacity"], shown["points"], shown["unassigned_points"]) == (30, 16, 8)
    assert (shown["cards"], shown["cards_without_estimate"]) == (4, 1)
    assert (shown["health"], shown["strains"]) == ("balanced", [])
    await card_in(board, 4, alice, viewer, alice)
    assert loads(expect(await bob.get(path_of(board)), 200))[str(viewer.user_id)] == (20, "2", 1)


async def test_who_has_too_much_is_named(alice: Actor, bob: Actor, board: Json) -> None:
    await card_in(board, 13, alice, alice)
    await card_in(board, 2, alice, bob)

    shown = expect(await alice.get(path_of(board)), 200)

    assert shown["health"] == "overloaded"
    over, spread = shown["strains"]
    assert (over["kind"], over["points"], over["user_ids"]) == (
        "person_over",
        3,
        [str(alice.user_id)],
    )
    assert (spread["kind"], spread["user_ids"]) == (
        "spread",
        [str(alice.user_id), str(bob.user_id)],
    )


async def test_an_assignment_is_looked_at_before_it_is_made(
    alice: Actor, bob: Actor, board: Json
) -> None:
    await card_in(board, 8, alice, alice)
    card = await alice.card(board, "New", story_points=5, assignee_ids=[str(bob.user_id)])
    before = await alice.snapshot(board["id"])
    path = f"{path_of(board)}/preview?add={card['id']}"
    people = expect(await alice.get(path_of(board)), 200)["people"]
    names = {each["user_id"]: each["name"] for each in people}

    by_itself = expect(await alice.get(path), 200)
    given = expect(await alice.get(f"{path}&assignee={alice.user_id}"), 200)

    assert by_itself["effects"] == [
        f"Adding {card['key']} leaves {names[str(bob.user_id)]} 15 free."
    ]
    assert given["effects"] == [f"Adding {card['key']} puts {names[str(alice.user_id)]} 3 over."]
    assert (given["before"], given["after"]["health"]) == ("balanced", "overloaded")
    assert loads(given["after"])[str(alice.user_id)] == (10, "13", 2)
    assert await alice.snapshot(board["id"]) == before


async def test_a_preview_names_only_what_is_there(world: World, alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    stranger = await world.person("stranger")
    path = f"{path_of(board)}/preview"
    elsewhere = await alice.card(await alice.board({"id": board["workspace_id"]}, name="Other"))

    other = await alice.get(f"{path}?add={elsewhere['id']}")
    nobody = await alice.get(f"{path}?add={card['id']}&assignee={stranger.user_id}")

    assert expect(other, 422)["code"] == "not_on_board"
    assert expect(nobody, 422)["code"] == "not_a_member"


async def test_days_off_take_away_in_proportion_to_working_days(
    alice: Actor, bob: Actor, board: Json
) -> None:
    path = f"/sprints/{board['sprints'][0]['id']}/days-off/{bob.user_id}"

    async def capacity() -> float:
        shown = expect(await alice.get(path_of(board)), 200)
        return loads(shown)[str(bob.user_id)][0]

    async def away(days: int) -> str:
        answer = await alice.request("PUT", path, json={"days": days})
        assert expect(answer, 200) == {"user_id": str(bob.user_id), "days_off": days}
        return str(answer.headers["Operation-ID"])

    first = await away(3)
    assert await capacity() == 14
    before = await alice.snapshot(board["id"])
    await away(3)
    assert await alice.snapshot(board["id"]) == before
    second = await away(12)
    assert await capacity() == 0
    assert left(await undo(alice, first)) == [("sprint_absence", None, "changed_since")]
    assert left(await undo(alice, second)) == []
    assert await capacity() == 14
    last = await away(0)
    assert await capacity() == 20
    assert left(await undo(alice, last)) == []
    assert left(await undo(alice, first)) == []
    assert await capacity() == 20


async def test_half_days_off_count_half_and_shares_stay_exact(
    alice: Actor, bob: Actor, board: Json
) -> None:
    sprint = f"/sprints/{board['sprints'][0]['id']}"
    expect(await alice.patch(sprint, json={"ends_on": "2026-12-03"}), 200)
    path = f"{sprint}/days-off/{bob.user_id}"

    half = await alice.request("PUT", path, json={"days": 0.5})
    assert expect(half, 200)["days_off"] == 0.5
    # 20 points on nine working days, half a day less: 170/9.
    shown = expect(await alice.get(path_of(board)), 200)
    assert loads(shown)[str(bob.user_id)][0] == 18.89
    more = await alice.request("PUT", path, json={"days": 4.5})
    assert loads(expect(await alice.get(path_of(board)), 200))[str(bob.user_id)][0] == 10
    assert left(await undo(alice, str(more.headers["Operation-ID"]))) == []
    assert left(await undo(alice, str(half.headers["Operation-ID"]))) == []
    assert loads(expect(await alice.get(path_of(board)), 200))[str(bob.user_id)][0] == 20
    for days in (0.25, 1.9e-218, -0.5, 366.5, True, "1"):
        expect(await alice.request("PUT", path, json={"days": days}), 422)


async def test_days_off_are_those_of_people_of_the_workspace(
    world: World, alice: Actor, board: Json
) -> None:
    stranger = await world.person("stranger")
    path = f"/sprints/{board['sprints'][0]['id']}/days-off/{stranger.user_id}"

    assert expect(await alice.request("PUT", path, json={"days": 3}), 404)["code"] == "not_found"


async def test_what_was_set_for_one_sprint_counts_there_and_nowhere_else(
    alice: Actor, bob: Actor, board: Json
) -> None:
    path = own_path(board, bob)
    body = {**SPRINT, "starts_on": "2026-12-07", "ends_on": "2026-12-18"}
    other = expect(await alice.post(f"/boards/{board['id']}/sprints", json=body), 201)
    away = f"/sprints/{board['sprints'][0]['id']}/days-off/{bob.user_id}"
    expect(await alice.request("PUT", away, json={"days": 3}), 200)
    await card_in(board, 13, alice, bob)

    async def shown(sprint_path: str = path_of(board)) -> tuple[float, bool, str]:
        found = expect(await alice.get(sprint_path), 200)
        [person] = [each for each in found["people"] if each["user_id"] == str(bob.user_id)]
        return person["capacity"], person["capacity_is_set"], found["health"]

    async def can_take(points: int | None) -> str:
        answer = await alice.request("PUT", path, json={"capacity": points})
        assert expect(answer, 200) == {"user_id": str(bob.user_id), "capacity": points}
        return str(answer.headers["Operation-ID"])

    assert await shown() == (14, False, "balanced")
    first = await can_take(12)
    assert await shown() == (12, True, "overloaded")
    assert await shown(f"/sprints/{other['id']}/capacity") == (20, False, "balanced")
    before = await alice.snapshot(board["id"])
    await can_take(12)
    assert await alice.snapshot(board["id"]) == before

    second = await can_take(0)
    assert left(await undo(alice, first)) == [("sprint_capacity", None, "changed_since")]
    assert left(await undo(alice, second)) == []
    assert await shown() == (12, True, "overloaded")
    last = await can_take(None)
    assert await shown() == (14, False, "balanced")
    assert left(await undo(alice, last)) == []
    assert left(await undo(alice, first)) == []
    assert await shown() == (14, False, "balanced")


async def test_a_timeline_shows_what_was_set_for_a_sprint(
    alice: Actor, bob: Actor, board: Json
) -> None:
    await card_in(board, 13, alice, bob)
    expect(await alice.request("PUT", own_path(board, bob), json={"capacity": 12}), 200)

    timeline = expect(await alice.get(f"/boards/{board['id']}/timeline"), 200)

    [person] = timeline["sprints"][0]["load"]["people"]
    assert (person["capacity"], person["capacity_is_set"], person["over"]) == (12, True, 1)


async def test_what_is_set_is_for_people_of_the_workspace_and_in_bounds(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    stranger = await world.person("stranger")

    path = own_path(board, stranger)
    assert expect(await alice.request("PUT", path, json={"capacity": 3}), 404)["code"] == (
        "not_found"
    )
    for body in ({"capacity": -1}, {"capacity": 1000}, {"capacity": 1.5}, {}):
        expect(await alice.request("PUT", own_path(board, bob), json=body), 422)
