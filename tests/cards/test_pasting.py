"""Cards of pasted lines."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.cards.lines import titles_in
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.world import World

anyio = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board."""
    return await alice.board(await alice.workspace(), key="PAY")


async def paste(actor: Actor, board: Json, lines: str, **place: object) -> Json:
    """Paste lines."""
    path = f"/boards/{board['id']}/cards/paste"
    made: Json = expect(await actor.post(path, json={"lines": lines, **place}), 201)
    return made


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Refund", "Refund"),
        ("  Refund twice  ", "Refund twice"),
        ("- Refund", "Refund"),
        ("* Refund", "Refund"),
        ("+ Refund", "Refund"),
        ("• Refund", "Refund"),
        ("1. Refund", "Refund"),
        ("12) Refund", "Refund"),
        ("- [ ] Refund", "Refund"),
        ("- [x] Refund", "Refund"),
        ("[X] Refund", "Refund"),
        ("-5 degrees", "-5 degrees"),
        ("1.5 times", "1.5 times"),
        ("2026-12-01 is the day", "2026-12-01 is the day"),
        ("[link] to it", "[link] to it"),
        ("*bold* words", "*bold* words"),
        ("- - nested", "- nested"),
        ("2026. What a year", "2026. What a year"),
        ("Refund\t12\t open ", "Refund 12 open"),
    ],
)
def test_signs_of_lists_are_no_part_of_a_title(line: str, title: str) -> None:
    assert [each.title for each in titles_in(line)] == [title]


@pytest.mark.parametrize("empty", ["", " \n\t\n", "-", "- [ ]", "* \n1.\n"])
def test_lines_without_words_are_left_out(empty: str) -> None:
    assert titles_in(empty) == []


@given(st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)))
def test_every_line_with_words_is_a_title_in_its_place(words: list[str]) -> None:
    found = titles_in("\n".join(f"- {word}" for word in words))
    assert [line.title for line in found] == words
    assert [line.number for line in found] == list(range(1, len(words) + 1))


@anyio
async def test_lines_become_cards_in_their_order(alice: Actor, board: Json) -> None:
    first, last = await alice.card(board, "first"), await alice.card(board, "last")

    made = await paste(alice, board, "- one\n\n- [ ] two\nthree", after=first["id"])

    assert [card["key"] for card in made["cards"]] == ["PAY-3", "PAY-4", "PAY-5"]
    shown = await alice.snapshot(board["id"])
    assert titles(shown, "To Do") == ["first", "one", "two", "three", "last"]
    listed = {card["id"]: card for card in shown["cards"]}
    for card in made["cards"]:
        same = listed[card["id"]].keys() & card.keys() - {"created_at", "updated_at"}
        assert {name: card[name] for name in same} == {
            name: listed[card["id"]][name] for name in same
        }
    assert last["id"] in listed


@anyio
async def test_pasting_is_one_operation(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}/cards/paste"
    answer = await alice.post(path, json={"lines": "\n".join(f"card {n}" for n in range(500))})
    assert len(expect(answer, 201)["cards"]) == 500
    undone = expect(await alice.post(f"/operations/{answer.headers['Operation-ID']}/undo"), 200)
    assert (len(undone["undone"]), undone["left"]) == (500, [])
    assert (await alice.snapshot(board["id"]))["cards"] == []


@anyio
@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("\n - \n", "there is no line with words in it"),
        ("\n".join("x" for _ in range(501)), "501 cards are too many"),
        (f"short\n\n{'x' * 256}", "Line 3 has 256 characters"),
    ],
)
async def test_what_can_not_be_cards_is_refused_as_a_whole(
    alice: Actor, board: Json, lines: str, says: str
) -> None:
    answer = await alice.post(f"/boards/{board['id']}/cards/paste", json={"lines": lines})
    problem = expect(answer, 422)
    assert (problem["code"], says in problem["detail"]) == ("invalid", True)
    assert (await alice.snapshot(board["id"]))["version"] == board["version"]


@anyio
async def test_a_strict_limit_holds_for_all_of_them(alice: Actor, board: Json) -> None:
    expect(await alice.patch(f"/boards/{board['id']}", json={"wip_policy": "strict"}), 200)
    doing = column(board, "In Progress")
    path = f"/boards/{board['id']}/columns/{doing['id']}"
    expect(await alice.patch(path, json={"wip_limit": 2}), 200)
    body = {"lines": "one\ntwo\nthree", "column_id": doing["id"]}
    refused = await alice.post(f"/boards/{board['id']}/cards/paste", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "column_full")
    made = await paste(alice, board, "one\ntwo", column_id=doing["id"])
    assert all(card["started_at"] for card in made["cards"])


@anyio
async def test_two_who_paste_at_once_get_their_lines_together(
    real_world: World, real_alice: Actor
) -> None:
    board = await real_alice.board(await real_alice.workspace())
    lists = [[f"{who} {n}" for n in range(20)] for who in ("a", "b", "c")]
    await asyncio.gather(*(paste(real_alice, board, "\n".join(lines)) for lines in lists))
    shown = titles(await real_alice.snapshot(board["id"]), "To Do")
    assert sorted(shown[start : start + 20] for start in (0, 20, 40)) == lists
    assert real_world.runtime is not None


@anyio
async def test_a_gap_that_is_too_narrow_is_widened(alice: Actor, board: Json) -> None:
    first = await alice.card(board, "first")
    await alice.card(board, "last")
    for number in range(12):
        lines = "\n".join(f"{number:02}-{line:03}" for line in range(100))
        await paste(alice, board, lines, after=first["id"])
    shown = titles(await alice.snapshot(board["id"]), "To Do")
    expected = [f"{n:02}-{line:03}" for n in reversed(range(12)) for line in range(100)]
    assert shown == ["first", *expected, "last"]
