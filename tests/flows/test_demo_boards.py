"""The boards of the demonstration: filled through the API, once."""

from collections import Counter
from datetime import date
from uuid import uuid4

import httpx2
import pytest

from taskly.demo.answers import Branch, Card, Column, Snapshot
from taskly.demo.client import Taskly
from taskly.demo.content.people import PEOPLE, WORKSPACE
from taskly.demo.filling import Filled, fill
from taskly.demo.story import fresh_card
from tests.support.actors import Actor, Json
from tests.support.world import BASE_URL, World

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 25)
"""A Wednesday."""


@pytest.fixture
async def ann(world: World) -> Actor:
    """The first of the people who work here; all of them have signed in."""
    people = [await world.person(person.login) for person in PEOPLE]
    return people[0]


@pytest.fixture
def taskly(world: World, ann: Actor) -> Taskly:
    """The demonstration's own client, in Ann's name."""
    return Taskly(BASE_URL, ann.token, transport=httpx2.ASGITransport(world.app))


async def filled(taskly: Taskly) -> Filled:
    """The workspace, filled."""
    return await fill(taskly, [person.login for person in PEOPLE], None, TODAY)


def in_columns(board: Json) -> dict[str, int]:
    """How many cards each column has."""
    names = {each["id"]: each["name"] for each in board["columns"]}
    return Counter(names[card["column_id"]] for card in board["cards"])


async def test_three_boards_have_sixty_cards(taskly: Taskly, ann: Actor) -> None:
    made = await filled(taskly)
    assert (made.workspace.name, made.new_boards, made.new_cards) == (WORKSPACE, 3, 60)
    boards = [await ann.snapshot(str(board.id)) for board in made.boards]
    assert {board["key"]: in_columns(board) for board in boards} == {
        "PAY": {"To Do": 9, "In Progress": 4, "In Review": 3, "Done": 8},
        "APP": {"To Do": 8, "In Progress": 3, "In Review": 3, "Done": 6},
        "OPS": {"Backlog": 5, "To Do": 3, "In Progress": 3, "In Review": 1, "Done": 4},
    }


async def test_a_card_has_everything_that_cards_have(taskly: Taskly, ann: Actor) -> None:
    made = await filled(taskly)
    board = await ann.snapshot(str(made.boards[0].id))
    card = next(each for each in board["cards"] if each["number"] == 16)
    labels = {label["id"]: label["name"] for label in board["labels"]}
    assert (card["title"], card["priority"], card["story_points"], card["due_date"]) == (
        "Refund the same payment in several parts",
        "high",
        5,
        "2026-11-29",
    )
    assert [labels[label_id] for label_id in card["label_ids"]] == ["backend"]
    assert card["assignee_ids"] == [str(ann.user_id)]
    assert card["acceptance_criteria"].startswith("- [ ] The sum of refunds never exceeds")
    [sprint] = board["sprints"]
    assert card["sprint_id"] == sprint["id"]
    assert (sprint["starts_on"], sprint["ends_on"]) == ("2026-11-23", "2026-12-04")


async def test_filling_again_adds_nothing(taskly: Taskly, ann: Actor) -> None:
    first = await filled(taskly)
    before = [await ann.snapshot(str(board.id)) for board in first.boards]

    second = await filled(taskly)

    assert (second.workspace, second.new_boards, second.new_cards) == (first.workspace, 0, 0)
    assert [await ann.snapshot(str(board.id)) for board in first.boards] == before
    assert len(await taskly.workspaces()) == 1


async def test_a_board_that_was_left_half_filled_is_completed(taskly: Taskly, ann: Actor) -> None:
    workspace = await ann.workspace(WORKSPACE)
    board = await ann.board(workspace, name="Payments", key="PAY")
    for title in ("one", "two"):
        await ann.card(board, title)

    made = await filled(taskly)

    assert (made.new_boards, made.new_cards) == (2, 58)
    titles = {card.number: card.title for card in made.boards[0].cards}
    assert (len(titles), titles[2]) == (24, "two")
    assert titles[3] == "Show the refund status to support staff"


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
