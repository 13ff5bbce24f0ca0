"""Writing the log: very many events are stored in parts, and it is the same log."""

import pytest

from tests.platform.statements import statements_of
from tests.support.actors import Actor, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_many_events_are_stored_in_parts(
    world: World, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.platform.events.log.WRITTEN_AT_A_TIME", 3)
    board = await alice.board(await alice.workspace())
    cards = [await alice.card(board, f"card {number}") for number in range(7)]
    before = await alice.snapshot(board["id"])
    body = {
        "card_ids": [card["id"] for card in cards],
        "changes": [{"mode": "set", "priority": "high"}],
    }

    sent = await statements_of(world, lambda: alice.post("/cards/bulk-update", json=body))

    assert len([each for each in sent if "INSERT INTO events" in each.sql]) == 3
    after = await alice.snapshot(board["id"])
    assert after["version"] == before["version"] + 7
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, after["version"] + 1))
    assert differences(fold(log), as_comparable(after)) == []
    operation = {event["operation_id"] for event in log[-7:]}
    assert len(operation) == 1
    assert expect(await alice.post(f"/operations/{operation.pop()}/undo"), 200)["left"] == []
