"""The boards of the demonstration: filled through the API, once."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from taskly.demo.answers import Branch, Card, Column, Snapshot
from taskly.demo.client import Taskly
from taskly.demo.content.people import PEOPLE, WORKSPACE
from taskly.demo.filling import UNFINISHED, Filled, fill
from taskly.demo.past.travelling import Travellers
from taskly.demo.story import fresh_card
from taskly.kit.clock import FrozenClock
from taskly.sprints.jobs import KeepAhead
from tests.insights.days import done
from tests.support.actors import Actor, Json, expect
from tests.support.folding import read_whole_log
from tests.support.world import BASE_URL, World

pytestmark = pytest.mark.anyio

NOW = datetime.fromisoformat("2026-11-25T11:00:00Z")
"""A Wednesday."""


@pytest.fixture
async def people(world: World) -> dict[str, Actor]:
    """Those who work here; all of them have signed in, with tokens that reach into the past."""
    people = {person.login: await world.person(person.login) for person in PEOPLE}
    for person in people.values():
        await person.stay_signed_in()
    return people


@pytest.fixture
def ann(people: dict[str, Actor]) -> Actor:
    """The first of them."""
    return people["ann"]


@pytest.fixture
def travellers(world: World, clock: FrozenClock, people: dict[str, Actor]) -> Travellers:
    """The demonstration's own clients, in their names."""
    clock.set(NOW)
    transport = httpx2.ASGITransport(world.app)
    clients = {
        login: Taskly(BASE_URL, person.token, transport=transport)
        for login, person in people.items()
    }
    return Travellers(clock, clients)


@pytest.fixture
async def filled(travellers: Travellers) -> Filled:
    """The workspace, filled."""
    return await fill(travellers, None, NOW)


def in_columns(board: Json) -> dict[str, int]:
    """How many cards each column has."""
    names = {each["id"]: each["name"] for each in board["columns"]}
    return Counter(names[card["column_id"]] for card in board["cards"])


def points_of(result: Json) -> tuple[int, int, int]:
    """What a sprint committed to, what of it was done, and what was not."""
    outcome = result["outcome"]
    return (
        result["commitment"]["points"],
        outcome["completed"]["points"],
        outcome["not_completed"]["points"],
    )


async def test_three_boards_have_cards_and_logs_that_tell_of_them_in_their_order(
    filled: Filled, ann: Actor
) -> None:
    assert (filled.workspace.name, filled.new_boards, filled.new_cards) == (WORKSPACE, 3, 118)
    boards = [await ann.snapshot(str(board.id)) for board in filled.boards]
    assert {board["key"]: in_columns(board) for board in boards} == {
        "PAY": {"To Do": 10, "In Progress": 4, "In Review": 3, "Done": 12},
        "APP": {"To Do": 8, "In Progress": 3, "In Review": 3, "Done": 6},
        "OPS": {"Backlog": 5, "To Do": 3, "In Progress": 3, "In Review": 1, "Done": 4},
    }
    for board in boards:
        told = [event["at"] for event in await read_whole_log(ann, board["id"])]
        assert told == sorted(told)
        assert told[-1] < NOW.isoformat()


async def test_a_card_has_everything_that_cards_have(filled: Filled, ann: Actor) -> None:
    board = await ann.snapshot(str(filled.boards[0].id))
    title = "Refund the same payment in several parts"
    card = next(each for each in board["cards"] if each["title"] == title)
    labels = {label["id"]: label["name"] for label in board["labels"]}
    assert (card["priority"], card["story_points"], card["due_date"]) == ("high", 5, "2026-11-29")
    assert [labels[label_id] for label_id in card["label_ids"]] == ["backend"]
    assert card["assignee_ids"] == [str(ann.user_id)]
    assert card["acceptance_criteria"].startswith("- [ ] The sum of refunds never exceeds")
    sprint = next(each for each in board["sprints"] if each["id"] == card["sprint_id"])
    assert (sprint["name"], sprint["starts_on"], sprint["ends_on"]) == (
        "Sprint 12",
        "2026-11-18",
        "2026-12-01",
    )


async def test_three_sprints_are_over_and_the_one_that_runs_has_too_much_for_one_person(
    filled: Filled, ann: Actor
) -> None:
    listed = expect(await ann.get(f"/boards/{filled.boards[0].id}/sprints"), 200)["items"]
    assert [(each["name"], each["status"]) for each in listed] == [
        ("Sprint 9", "completed"),
        ("Sprint 10", "completed"),
        ("Sprint 11", "completed"),
        ("Sprint 12", "active"),
        ("Sprint 13", "planned"),
        ("Sprint 14", "planned"),
    ]
    assert all(each["goal"] for each in listed[:5])
    results = [expect(await ann.get(f"/sprints/{each['id']}/result"), 200) for each in listed[:3]]
    assert [points_of(each) for each in results] == [(60, 49, 11), (68, 65, 10), (56, 51, 8)]
    capacity = expect(await ann.get(f"/sprints/{listed[3]['id']}/capacity"), 200)
    assert [each["detail"] for each in capacity["strains"]] == ["Ann has 17 of 15, 2 over."]
    timeline = expect(await ann.get(f"/boards/{filled.boards[0].id}/timeline"), 200)
    assert [each["order"] for each in timeline["dependencies"]] == ["in_order", "later"]


async def test_two_sprints_are_always_planned_and_none_is_lacking_yet(
    filled: Filled, ann: Actor, world: World, clock: FrozenClock
) -> None:
    series = expect(await ann.get(f"/boards/{filled.boards[0].id}/sprint-series"), 200)
    assert (series["ahead"], series["first_number"]) == (2, 9)

    assert await done(world, KeepAhead()) == {"boards": 0, "sprints": 0, "failed": 0}
    clock.advance(timedelta(days=14))
    assert await done(world, KeepAhead()) == {"boards": 2, "sprints": 2, "failed": 0}


async def test_filling_again_adds_nothing(
    filled: Filled, travellers: Travellers, ann: Actor
) -> None:
    before = [await ann.snapshot(str(board.id)) for board in filled.boards]

    second = await fill(travellers, None, NOW)

    assert (second.workspace, second.new_boards, second.new_cards) == (filled.workspace, 0, 0)
    assert [await ann.snapshot(str(board.id)) for board in filled.boards] == before
    assert len(await travellers.clients["ann"].workspaces()) == 1


async def test_a_filling_that_was_cut_off_is_begun_anew(travellers: Travellers, ann: Actor) -> None:
    await ann.board(await ann.workspace(UNFINISHED), name="Payments", key="PAY")

    made = await fill(travellers, None, NOW)

    assert made.new_boards == 3
    [workspace] = await travellers.clients["ann"].workspaces()
    assert (workspace.id, workspace.name) == (made.workspace.id, WORKSPACE)


def test_the_next_story_is_about_a_card_of_the_sprint_without_code() -> None:
    todo = Column(id=uuid4(), name="To Do", category="todo")
    done = Column(id=uuid4(), name="Done", category="done")
    sprint_id = uuid4()

    def card(number: int, *, column: Column = todo, in_sprint: bool = True) -> Card:
        return Card(
            id=uuid4(),
            number=number,
            column_id=column.id,
            title=f"Card {number}",
            sprint_id=sprint_id if in_sprint else None,
        )

    cards = [card(1, in_sprint=False), card(2, column=done), card(3), card(4), card(5)]
    branch = Branch(
        id=uuid4(), card_id=cards[2].id, repository="octo/payments", name="PAY-3", state="created"
    )
    board = Snapshot(
        id=uuid4(),
        name="Payments",
        key="PAY",
        version=1,
        columns=[todo, done],
        labels=[],
        sprints=[],
        cards=cards,
        branches=[branch],
        pull_requests=[],
    )
    assert fresh_card(board) == cards[3]
    without_sprint = board.model_copy(update={"cards": cards[:3]})
    assert fresh_card(without_sprint) == cards[0]
    assert fresh_card(board.model_copy(update={"cards": cards[1:3]})) is None
