"""Reports and release notes from a terminal."""

import json

import pytest

from tests.client.conftest import Terminal
from tests.insights.days import at_hour
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

TITLE = "Refund \u202e *twice*"


@pytest.fixture
async def alice(world: World) -> Actor:
    """Somebody whose token outlasts days."""
    person = await world.person("alice")
    await person.stay_signed_in()
    return person


@pytest.fixture
async def types(world: World, alice: Actor, alice_types: Terminal) -> Terminal:
    """Commands about a board with the key PAY, where a card of a sprint was done on Monday, 23 November; it is the Monday
    after.
    """
    board = await alice.board(await alice.workspace())
    days = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    sprint: Json = expect(await alice.post(f"/boards/{board['id']}/sprints", json=days), 201)
    expect(await alice.post(f"/sprints/{sprint['id']}/start"), 200)
    card = await alice.card(board, TITLE, story_points=3, sprint_id=sprint["id"])
    await alice.move(card, column_id=column(board, "Done")["id"])
    await at_hour(world, 30, 9)
    alice_types.variables["TASKLY_BOARD"] = board["key"]
    return alice_types


async def test_the_report_of_a_sprint_is_printed_in_markdown(types: Terminal) -> None:
    lines = await types.out("reports", "sprint", "sprint-12")

    assert lines[0] == "# Sprint 12"
    assert "| Completed | 1 | 3 |" in lines
    assert "## Delivered (1)" in lines
    [card] = [line for line in lines if line.startswith("- [PAY-1]")]
    assert "Refund" in card
    assert "\u202e" not in card
    assert r"\*twice\*" in card


async def test_a_week_is_the_last_one_or_one_that_is_named(types: Terminal) -> None:
    last = await types.out("reports", "week")
    named = await types.out("reports", "week", "2026-W48")
    this = await types.out("reports", "week", "2026-W49")

    assert last == named
    assert "week 48" in last[0]
    assert "week 49" in this[0]


async def test_release_notes_are_printed_in_markdown(types: Terminal) -> None:
    notes = await types.out("reports", "notes", "--from", "2026-11-23", "--to", "2026-11-24")

    assert notes[0].startswith("# ")
    assert any("PAY-1" in line for line in notes)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["sprint", "sprint-12"], "delivered"),
        (["week"], "throughput"),
        (["notes", "--from", "2026-11-23"], "groups"),
    ],
)
async def test_programs_get_what_the_api_answers(
    types: Terminal, words: list[str], name: str
) -> None:
    answer = json.loads("".join(await types.out("reports", *words, "--json")))

    assert name in answer


async def test_what_can_not_be_told_is_refused_in_a_sentence(types: Terminal) -> None:
    nowhere = await types.run("reports", "notes")
    unknown = await types.run("reports", "sprint", "sprint-99")
    ahead = await types.run("reports", "week", "2027-W01")

    assert (nowhere.code, unknown.code, ahead.code) == (2, 1, 1)
    assert "--from-tag" in nowhere.err
    assert "sprint-99" in unknown.err
    assert ahead.err.strip() == "The week 2027-W01 has not begun."
