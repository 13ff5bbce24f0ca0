"""Reading the log: bounded by bytes as well as by events."""

from uuid import UUID

import pytest

from taskly.platform.events.log import READ_BYTES, read_log
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_long_events_are_read_in_parts(world: World, alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    texts = [f"{number} " + "x" * 49_000 for number in range(30)]
    for text in texts:
        await alice.card(board, "long", description=text)

    parts, after = [], board["version"]
    async with world.runtime.database.reading() as session:
        while part := await read_log(session, UUID(board["id"]), after=after, limit=500):
            parts.append(part)
            after = part[-1].version

    assert [event.version for part in parts for event in part] == list(
        range(board["version"] + 1, board["version"] + 31)
    )
    found = [event.data["after"]["description"] for part in parts for event in part]
    assert found == texts
    assert len(parts) == 2
    assert sum(len(text) for text in found[: len(parts[0]) - 1]) < READ_BYTES


async def test_one_event_comes_however_long_it_is(world: World, alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    await alice.card(board)
    async with world.runtime.database.reading() as session:
        [event] = await read_log(session, UUID(board["id"]), after=board["version"], limit=1)
    assert event.type == "card.created"
