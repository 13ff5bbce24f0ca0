"""What a shell is offered for the words of commands."""

import pytest

from tests.client.conftest import Terminal
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("taskly boards show ", ["PAY"]),
        ("taskly cards list --board P", ["PAY"]),
        ("taskly cards show PAY", ["PAY-1"]),
        ("taskly cards move PAY-1 in", ["in-progress", "in-review"]),
        ("taskly cards create X -b PAY -c d", ["done"]),
        ("taskly boards -w a", ["acme"]),
        ("taskly cards show MOB", []),
        ("taskly sprints show -b PAY ", ["sprint-12"]),
        ("taskly insights burndown -b PAY --sprint s", ["sprint-12"]),
        ("taskly insights th", ["throughput"]),
    ],
)
async def test_names_are_offered_as_they_are_typed(
    alice: Actor, alice_types: Terminal, begun: str, offered: list[str]
) -> None:
    board = await alice.board(await alice.workspace("Acme"))
    await alice.card(board, "One", assignee_ids=[str(alice.user_id)])
    days = {"starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    expect(
        await alice.post(f"/boards/{board['id']}/sprints", json={"name": "Sprint 12", **days}), 201
    )
    assert await completed(alice_types, begun) == offered


async def test_of_many_cards_those_are_offered_that_go_on_from_what_is_typed(
    alice: Actor, alice_types: Terminal
) -> None:
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    lines = "\n".join(f"Step {number}" for number in range(122))
    path = f"/boards/{board['id']}/cards/paste"
    made: Json = expect(await alice.post(path, json={"lines": lines}), 201)
    ids = [card["id"] for card in made["cards"]]
    mine = [{"mode": "add", "assignee_ids": [str(alice.user_id)]}]
    for some in (ids[:61], ids[61:]):
        body = {"card_ids": some, "changes": mine}
        expect(await alice.post("/cards/bulk-update", json=body), 200)
    other = await alice.board(workspace, name="Mobile App")
    await alice.card(other, "One", assignee_ids=[str(alice.user_id)])

    longer = ["PAY-12", "PAY-120", "PAY-121", "PAY-122"]
    assert sorted(await completed(alice_types, "taskly cards show PAY-12")) == longer
    assert await completed(alice_types, "taskly cards show MA-") == ["MA-1"]


async def completed(terminal: Terminal, begun: str) -> list[str]:
    """What a shell is offered for the last word."""
    words = begun.split(" ")
    terminal.variables |= {
        "_TASKLY_COMPLETE": "complete_bash",
        "COMP_WORDS": begun,
        "COMP_CWORD": str(len(words) - 1),
    }
    return (await terminal.run()).out.split()
