"""Live updates without a socket."""

import asyncio
import json
from uuid import UUID

import pytest

from taskly.platform.events.log import Stream
from taskly.platform.http.problems import NotFound
from taskly.platform.realtime.polling import NewEvents, wait_for_events
from taskly.platform.realtime.reader import GAP_LIMIT
from tests.realtime.conftest import HINTS_ONLY, Line
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def admitted() -> None:
    """They may."""


@pytest.fixture
async def board(line: Line, anna: UUID) -> Stream:
    """A board at version 3."""
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 3)
    return board


async def test_what_was_missed_is_answered_at_once_as_sockets_say_it(
    line: Line, board: Stream
) -> None:
    async with line.hub() as hub:
        body = await wait_for_events(hub, board, 1, prove=admitted)

    answer = NewEvents.model_validate_json(body)
    assert (answer.version, answer.reset) == (3, False)
    said = ",".join(await line.scribe.log_of(board, after=1))
    assert body == f'{{"version":3,"reset":false,"events":[{said}]}}'.encode()


async def test_otherwise_it_waits_for_the_next_event(line: Line, board: Stream) -> None:
    async with line.hub(HINTS_ONLY) as hub:
        waiting = asyncio.create_task(wait_for_events(hub, board, 3, prove=admitted))
        await until(lambda: any(room.listeners for room in hub._rooms.values()))
        assert not waiting.done()
        await line.scribe.write(board)

        answer = json.loads(await waiting)

    assert [event["version"] for event in answer["events"]] == [4]
    assert answer["version"] == 4


async def test_when_nothing_happens_the_answer_is_empty(line: Line, board: Stream) -> None:
    async with line.hub() as hub:
        answer = json.loads(await wait_for_events(hub, board, 3, prove=admitted, seconds=0.05))

    assert answer == {"version": 3, "reset": False, "events": []}


@pytest.mark.parametrize("after", [0, 10_000])
async def test_too_large_a_gap_and_a_future_version_ask_for_the_snapshot(
    line: Line, board: Stream, after: int
) -> None:
    version = await line.scribe.write(board, GAP_LIMIT)
    async with line.hub() as hub:
        answer = json.loads(await wait_for_events(hub, board, after, prove=admitted))

    assert answer == {"version": version, "reset": True, "events": []}


async def test_who_lost_access_while_waiting_is_told_nothing(line: Line, board: Stream) -> None:
    async def lost() -> None:
        raise NotFound

    async with line.hub(HINTS_ONLY) as hub:
        waiting = asyncio.create_task(wait_for_events(hub, board, 3, prove=lost))
        await until(lambda: any(room.listeners for room in hub._rooms.values()))
        await line.scribe.write(board)

        with pytest.raises(NotFound):
            await waiting


async def test_when_the_process_is_to_stop_nobody_waits_any_longer(
    line: Line, board: Stream
) -> None:
    async with line.hub(HINTS_ONLY) as hub:
        waiting = asyncio.create_task(wait_for_events(hub, board, 3, prove=admitted))
        await until(lambda: any(room.listeners for room in hub._rooms.values()))
        hub.stop_waiting()

        empty = {"version": 3, "reset": False, "events": []}
        assert json.loads(await waiting) == empty
        assert json.loads(await wait_for_events(hub, board, 3, prove=admitted)) == empty


async def test_asking_again_and_again_gives_everything_once(line: Line, board: Stream) -> None:
    line.bus.loses = 0.3
    heard: list[int] = []

    async def poll(up_to: int) -> None:
        version = 0
        while version < up_to:
            answer = json.loads(await wait_for_events(hub, board, version, prove=admitted))
            heard.extend(event["version"] for event in answer["events"])
            version = answer["version"]

    async with line.hub() as hub:
        polling = asyncio.create_task(poll(43))
        for _ in range(40):
            await line.scribe.write(board)
        await polling

    assert heard == list(range(1, 44))


async def test_waiting_holds_no_database_connection(line: Line, board: Stream) -> None:
    async with line.hub(HINTS_ONLY) as hub:
        waiting = [
            asyncio.create_task(wait_for_events(hub, board, 3, prove=admitted)) for _ in range(30)
        ]
        await until(lambda: sum(len(room.listeners) for room in hub._rooms.values()) == 30)
        await until(lambda: line.connections_in_use() == 0)
        await line.scribe.write(board)

        assert len({await each for each in waiting}) == 1


async def test_a_board_that_is_gone_is_not_found(line: Line, board: Stream) -> None:
    await line.scribe.delete(board)
    async with line.hub() as hub:
        with pytest.raises(NotFound):
            await wait_for_events(hub, board, 3, prove=admitted)
