"""A board as it was."""

from datetime import timedelta

import pytest

from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board."""
    return await alice.board(await alice.workspace())


async def at(actor: Actor, board: Json, moment: object) -> Json:
    """The board as of a version or time."""
    path = f"/boards/{board['id']}/history"
    answer: Json = expect(await actor.get(path, params={"at": str(moment)}), 200)
    return answer


async def test_a_board_is_read_as_it_was_at_a_time(world: World, alice: Actor, board: Json) -> None:
    assert isinstance(world.clock, FrozenClock)
    card = await alice.card(board, "Old")
    before, then = await alice.snapshot(board["id"]), world.clock.now()
    world.clock.advance(timedelta(minutes=1))
    expect(await alice.patch(f"/cards/{card['id']}", json={"title": "New"}), 200)
    was = await at(alice, board, then.isoformat())
    assert differences(as_comparable(was), as_comparable(before)) == []
    later = (then + timedelta(hours=1)).isoformat()
    assert (await at(alice, board, later))["cards"][0]["title"] == "New"
    assert (await at(alice, board, before["version"]))["cards"][0]["title"] == "Old"


@pytest.mark.parametrize("moment", ["0", "-1", "999", "1999-01-01T00:00:00Z", "yesterday", ""])
async def test_no_board_is_read_before_it_was_made(alice: Actor, board: Json, moment: str) -> None:
    answer = await alice.get(f"/boards/{board['id']}/history", params={"at": moment})
    assert answer.status_code == 422
    assert answer.json()["code"] in {"invalid", "not_then"}
