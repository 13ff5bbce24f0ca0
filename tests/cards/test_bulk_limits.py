"""What bulk changes refuse: whatever a request for one card would refuse, and other workspaces."""

from uuid import UUID, uuid4

import pytest

from taskly.platform.jobs.execution import execute
from tests.cards.test_bulk import ask, field, refusals
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board of Alice's with three cards."""
    board = await alice.board(await alice.workspace())
    for number in range(3):
        await alice.card(board, f"card {number}", due_date="2999-12-24")
    return await alice.snapshot(board["id"])


async def test_cards_of_a_second_workspace_are_as_unknown(alice: Actor, board: Json) -> None:
    elsewhere = await alice.card(await alice.board(await alice.workspace("Secret")), "secret")
    change = {"mode": "set", "title": "x"}
    assert await refusals(alice, [board["cards"][0], elsewhere], change) == [(None, "not_found")]
    assert await refusals(alice, [elsewhere, board["cards"][0]], change) == [(None, "not_found")]
    assert expect(await alice.get(f"/cards/{elsewhere['id']}"), 200)["title"] == "secret"
    assert await alice.snapshot(board["id"]) == board


async def test_a_job_tells_nothing_of_another_workspace(
    world: World, alice: Actor, bob: Actor, board: Json
) -> None:
    await alice.invite({"id": board["workspace_id"]}, bob, "member")
    secret = await alice.workspace("Secret")
    other = await alice.board(secret, key="SECRET")
    cards = [await alice.card(other, f"secret {number}") for number in range(100)]
    named = [board["cards"][0], *cards]
    promised = expect(await ask(alice, named, {"mode": "suffix", "title": "x" * 250}), 202)
    await execute(world.runtime, UUID(promised["job_id"]))
    job = expect(await bob.get(f"/jobs/{promised['job_id']}"), 200)
    told = [(each["card_id"], each["key"], each["reason"]) for each in job["result"]["refused"]]
    assert sorted(told) == sorted(
        [
            *((card["id"], None, "not_found") for card in cards),
            (board["cards"][0]["id"], "PAY-1", "too_long"),
        ]
    )


async def test_each_of_many_unknown_cards_is_named(alice: Actor) -> None:
    named = [{"id": str(uuid4())} for _ in range(101)]
    problem = expect(await ask(alice, named, {"mode": "archive"}), 422)
    assert [each["card_id"] for each in problem["refused"]] == [each["id"] for each in named]
    assert problem["detail"] == "101 of 101 cards can't be changed so."


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ([{"mode": "prefix", "title": "line 1\n"}], ["not_one_line"]),
        ([{"mode": "replace", "field": "title", "find": " ", "put": "\n"}], ["not_one_line"]),
        ([{"mode": "replace", "field": "title", "find": " ", "put": "\t"}], ["not_one_line"]),
        ([{"mode": "replace", "field": "title", "find": "card 0", "put": " "}], ["too_short"]),
        ([{"mode": "replace", "field": "title", "find": "card 0", "put": "\u200b"}], ["not_text"]),
        ([{"mode": "suffix", "title": "x" * 249}], []),
        ([{"mode": "suffix", "title": "x" * 250}], ["too_long"]),
        ([{"mode": "shift", "due_date_days": 7}], []),
        ([{"mode": "shift", "due_date_days": 8}], ["out_of_range"]),
        ([{"mode": "adjust", "story_points": 99}], []),
    ],
)
async def test_a_value_that_one_card_can_t_get_many_can_t_get(
    alice: Actor, board: Json, changes: list[Json], reasons: list[str]
) -> None:
    card = board["cards"][0]
    if not reasons:
        expect(await ask(alice, [card], *changes), 200)
        return
    assert await refusals(alice, [card], *changes) == [("PAY-1", reason) for reason in reasons]
    assert await alice.snapshot(board["id"]) == board


async def test_a_title_is_stored_as_one_card_would_have_it(alice: Actor, board: Json) -> None:
    changes: list[Json] = [
        {"mode": "prefix", "title": " "},
        {"mode": "suffix", "title": " e\N{COMBINING ACUTE ACCENT} \n"},
    ]
    expect(await ask(alice, board["cards"][:1], *changes), 200)
    assert (
        field(await alice.snapshot(board["id"]), "title")[0]
        == "card 0 \N{LATIN SMALL LETTER E WITH ACUTE}"
    )


async def test_texts_have_an_end(alice: Actor, board: Json) -> None:
    card = board["cards"][0]
    for name in ("description", "acceptance_criteria"):
        expect(await alice.patch(f"/cards/{card['id']}", json={name: "x" * 50_000}), 200)
        longer = {"mode": "replace", "field": name, "find": "x" * 255, "put": "y" * 254}
        too_long = {"mode": "replace", "field": name, "find": "x", "put": "yy"}
        assert await refusals(alice, [card], too_long) == [("PAY-1", "too_long")]
        expect(await ask(alice, [card], longer), 200)


async def test_a_card_holds_so_many_labels_and_people(
    world: World, alice: Actor, board: Json
) -> None:
    labels, people = [], [str(alice.user_id)]
    for number in range(51):
        label = {"name": f"label {number}", "color": "#d73a4a"}
        made = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)
        labels.append(made["id"])
    for number in range(10):
        person = await world.person(f"person{number}")
        await alice.invite({"id": board["workspace_id"]}, person, "member")
        people.append(str(person.user_id))
    for name, ids, most in (("label_ids", labels, 50), ("assignee_ids", people, 10)):
        expect(await ask(alice, board["cards"][:1], {"mode": "add", name: ids[:most]}), 200)
        more = {"mode": "add", name: ids[most:]}
        assert await refusals(alice, board["cards"][:1], more) == [("PAY-1", "too_many")]
        expect(await ask(alice, board["cards"][1:2], more), 200)


async def test_cards_of_the_archive_are_not_moved(alice: Actor, board: Json) -> None:
    card = board["cards"][0]
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    move = {"mode": "move", "column_id": column(board, "Done")["id"]}
    assert await refusals(alice, [card], move) == [("PAY-1", "card_archived")]
    assert await refusals(alice, [card], {"mode": "restore"}, move) == [("PAY-1", "card_archived")]


@pytest.mark.parametrize(
    "modes",
    [("delete", "restore"), ("delete", "archive"), ("delete", "delete"), ("archive", "archive")],
)
async def test_cards_are_put_away_in_one_way_only(
    alice: Actor, board: Json, modes: tuple[str, str]
) -> None:
    answer = await ask(alice, board["cards"], *({"mode": mode} for mode in modes))
    assert expect(answer, 422)["code"] == "invalid"
    assert await alice.snapshot(board["id"]) == board


async def test_a_strict_limit_holds_for_cards_of_the_archive_as_for_one(
    alice: Actor, board: Json
) -> None:
    cards, path = board["cards"], f"/boards/{board['id']}"
    to_do = column(board, "To Do")["id"]
    expect(await ask(alice, cards[:2], {"mode": "archive"}), 200)
    expect(await alice.patch(f"{path}/columns/{to_do}", json={"wip_limit": 2}), 200)
    expect(await alice.patch(path, json={"wip_policy": "strict"}), 200)
    refused = [("PAY-1", "column_full"), ("PAY-2", "column_full")]
    assert await refusals(alice, cards[:2], {"mode": "restore"}) == refused
    expect(await ask(alice, cards[:1], {"mode": "restore"}), 200)
    assert (
        expect(await alice.post(f"/cards/{cards[1]['id']}/restore"), 409)["code"] == "column_full"
    )
    assert await refusals(alice, cards[1:2], {"mode": "restore"}) == refused[1:]
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["card 0", "card 2"]


async def test_the_cards_that_refuse_are_counted_not_their_reasons(
    alice: Actor, board: Json
) -> None:
    changes: list[Json] = [
        {"mode": "prefix", "title": "a\n"},
        {"mode": "shift", "due_date_days": 8},
    ]
    problem = expect(await ask(alice, board["cards"][:2], *changes), 422)
    assert len(problem["refused"]) == 4
    assert problem["detail"] == "2 of 2 cards can't be changed so."
