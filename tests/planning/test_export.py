"""The plan of a sprint as a file."""

import csv
import io

import pytest

from tests.support.actors import Actor, Json, column, expect
from tests.unit.kit.test_icalendar import unfolded

pytestmark = pytest.mark.anyio

SPRINT = {
    "name": "Sprint 12: Zahlungen",
    "goal": "Refunds, twice",
    "starts_on": "2026-11-23",
    "ends_on": "2026-12-04",
}


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with a sprint."""
    board = await alice.board(await alice.workspace(), template="kanban")
    expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)
    return await alice.snapshot(board["id"])


def path_of(board: Json) -> str:
    """The path of the sprint's plan."""
    return f"/sprints/{board['sprints'][0]['id']}/export"


async def card_in(alice: Actor, board: Json, title: str, **fields: object) -> Json:
    """A card of the sprint."""
    return await alice.card(board, title, sprint_id=board["sprints"][0]["id"], **fields)


async def table_of(actor: Actor, board: Json) -> list[tuple[str, ...]]:
    """The rows of the table, as a spreadsheet reads them."""
    text = (await actor.get(path_of(board))).text
    return [tuple(row.values()) for row in csv.DictReader(io.StringIO(text, newline=""))]


async def test_the_table_has_a_row_for_each_card(alice: Actor, board: Json) -> None:
    blocker = await alice.card(board, "before")
    label = {"name": "bug", "color": "#d73a4a"}
    label_id = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)["id"]
    hung = {"assignee_ids": [str(alice.user_id)], "label_ids": [label_id]}
    await card_in(alice, board, "Refund", story_points=3, due_date="2026-12-01", **hung)
    urgent = await card_in(alice, board, 'Größe, in "cm"', priority="urgent")
    waits = {"blocker_ids": [blocker["id"]]}
    expect(await alice.patch(f"/cards/{urgent['id']}", json=waits), 200)
    given_up = await card_in(alice, board, "given up")
    expect(await alice.post(f"/cards/{given_up['id']}/archive"), 200)

    assert await table_of(alice, board) == [
        ("PAY-3", 'Größe, in "cm"', "To Do", "urgent", "", "no", "", "", "", "PAY-1"),
        ("PAY-2", "Refund", "To Do", "none", "3", "no", "Alice", "bug", "2026-12-01", ""),
    ]


async def test_the_table_is_a_file_without_formulas(alice: Actor, board: Json) -> None:
    for title in ("=1+1", "+1", "-1", "@SUM(A1)"):
        await card_in(alice, board, title)

    answer = await alice.get(path_of(board))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="sprint-12-zahlungen.csv"'
    )
    titles = [row[1] for row in await table_of(alice, board)]
    assert titles == ["'=1+1", "'+1", "'-1", "'@SUM(A1)"]


async def test_the_calendar_has_the_sprint_and_what_is_due(alice: Actor, board: Json) -> None:
    card = await card_in(alice, board, "Refund; twice", story_points=3, due_date="2026-12-01")
    done = await card_in(alice, board, "done", story_points=5)
    await alice.move(done, column_id=column(board, "Done")["id"])
    path = f"{path_of(board)}?format=ics"

    answer = await alice.get(path)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(answer.content)
    wanted = ("UID", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "URL")
    assert [line for line in lines if line.startswith(wanted)] == [
        f"UID:{board['sprints'][0]['id']}",
        "DTSTART;VALUE=DATE:20261123",
        "DTEND;VALUE=DATE:20261205",
        "SUMMARY:Sprint 12: Zahlungen",
        "DESCRIPTION:Refunds\\, twice\\n2 cards\\, 8 points",
        "URL:http://127.0.0.1:8000",
        f"UID:{card['id']}",
        "DTSTART;VALUE=DATE:20261201",
        "DTEND;VALUE=DATE:20261202",
        "SUMMARY:PAY-1 Refund\\; twice",
        "URL:http://127.0.0.1:8000/c/PAY-1",
    ]
    assert (await alice.get(path)).content == answer.content
