"""What a shell is offered for the words of commands."""

import pytest

from tests.client.conftest import Terminal
from tests.support.actors import Actor

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
    ],
)
async def test_names_are_offered_as_they_are_typed(
    alice: Actor, alice_types: Terminal, begun: str, offered: list[str]
) -> None:
    board = await alice.board(await alice.workspace("Acme"))
    await alice.card(board, "One", assignee_ids=[str(alice.user_id)])
    words = begun.split(" ")
    alice_types.variables |= {
        "_TASKLY_COMPLETE": "complete_bash",
        "COMP_WORDS": begun,
        "COMP_CWORD": str(len(words) - 1),
    }
    assert (await alice_types.run()).out.split() == offered
