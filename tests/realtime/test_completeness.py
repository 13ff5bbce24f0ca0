"""Versions arrive in order, without gaps and without repeats, whatever happens to Redis and the api."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.reader import GAP_LIMIT
from tests.realtime.conftest import CHECKS_OFTEN, HINTS_ONLY, Line
from tests.realtime.hearing import listening
from tests.realtime.wire import wire_to
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def subscribed(line: Line, channel_count: int) -> None:
    """Wait until the hubs hear what is sent."""

    async def all_there() -> bool:
        channels = await line.bus.bus._redis.pubsub_channels()
        return len(channels) >= channel_count

    await until(all_there)


async def test_events_come_by_redis_alone_when_redis_works(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board) as one:
        await subscribed(line, 3)

        for _ in range(20):
            version = await line.scribe.write(board)

        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_a_jump_is_filled_from_the_log_at_once(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board) as one:
        await subscribed(line, 3)
        line.bus.loses = 1.0
        await line.scribe.write(board, 7)
        await until(lambda: line.bus.lost == 7)
        line.bus.loses = 0.0

        version = await line.scribe.write(board)

        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_the_loss_of_the_very_last_message_is_noticed(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    line.bus.loses = 1.0
    async with line.hub() as hub, listening(hub, board) as one:
        version = await line.scribe.write(board, 3)

        assert await one.reach(version) == await line.scribe.log_of(board)


@pytest.mark.parametrize("seed", range(4))
async def test_losing_repeating_and_swapping_messages_changes_nothing(
    line: Line, anna: UUID, seed: int
) -> None:
    dice = random.Random(seed)
    line.bus.dice = random.Random(seed)
    line.bus.loses, line.bus.repeats, line.bus.delays = 0.3, 0.3, 0.3
    boards = [await line.scribe.board(anna) for _ in range(3)]
    async with AsyncExitStack() as stack:
        hubs = [await stack.enter_async_context(line.hub()) for _ in range(2)]
        listeners = [
            (board, await stack.enter_async_context(listening(hub, board, since=0)))
            for board in boards
            for hub in hubs
        ]

        async def write(board_number: int) -> None:
            for _ in range(30):
                await line.scribe.write(boards[board_number], dice.choice((1, 1, 1, 5)))
                await asyncio.sleep(dice.random() * 0.01)

        await asyncio.gather(*(write(number) for number in range(3)))

        for board, one in listeners:
            expected = await line.scribe.log_of(board)
            assert await one.reach(len(expected)) == expected
            assert one.resets == []


async def test_killing_redis_with_its_data_loses_nothing(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub() as hub, listening(hub, board) as one:
        await line.scribe.write(board, 5)
        line.redis.kill()
        while_away = await line.scribe.write(board, 5)
        assert await one.reach(while_away) == await line.scribe.log_of(board)

        line.redis.start()
        await subscribed(line, 3)
        version = await line.scribe.write(board, 5)

        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_after_redis_came_back_events_come_by_redis_again(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board) as one:
        await subscribed(line, 3)
        line.redis.kill()
        await line.scribe.write(board, 5)
        line.redis.start()

        # The new subscription alone makes the room look into the log.
        assert len(await one.reach(5)) == 5

        version = await line.scribe.write(board, 5)
        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_a_frozen_redis_keeps_nobody_waiting(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub() as hub, listening(hub, board) as one:
        await subscribed(line, 3)
        line.redis.freeze()
        while_frozen = await line.scribe.write(board, 5)
        assert await one.reach(while_frozen) == await line.scribe.log_of(board)

        line.redis.thaw()
        version = await line.scribe.write(board, 5)

        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_a_connection_to_redis_that_died_unnoticed_is_replaced(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    pace = replace(HINTS_ONLY, redis_silence_seconds=0.1, retry_seconds=0.02)
    async with (
        wire_to(line.redis.port) as wire,
        line.hub(pace, redis_url=wire.url) as hub,
        listening(hub, board) as one,
    ):
        await subscribed(line, 3)
        wire.cut()
        version = await line.scribe.write(board, 5)

        assert await one.reach(version) == await line.scribe.log_of(board)


async def test_readers_that_join_while_others_write_miss_and_repeat_nothing(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    line.bus.loses = 0.1
    async with line.hub(keep_messages=16) as hub, AsyncExitStack() as stack:
        writing = asyncio.create_task(_write_slowly(line, board, 60))
        readers = []
        for since in range(0, 40, 2):
            known = (await line.scribe.log_of(board))[:since]
            reader = await stack.enter_async_context(listening(hub, board, since=len(known)))
            readers.append((len(known), reader))
            await asyncio.sleep(0.005)
        await writing

        whole = await line.scribe.log_of(board)
        for since, reader in readers:
            assert await reader.reach(len(whole)) == whole[since:]


async def test_an_api_process_that_starts_anew_goes_on_where_clients_stopped(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    async with line.hub() as hub, listening(hub, board) as one:
        version = await line.scribe.write(board, 3)
        heard = list(await one.reach(version))
    await line.scribe.write(board, 4)

    async with line.hub() as hub, listening(hub, board, since=version) as one:
        version = await line.scribe.write(board, 2)
        heard += await one.reach(version)

    assert heard == await line.scribe.log_of(board)


async def test_without_since_a_reader_hears_what_happens_from_now_on(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 3)
    async with line.hub() as hub, listening(hub, board) as one:
        assert one.reader.version == 3

        version = await line.scribe.write(board, 2)

        assert await one.reach(version) == await line.scribe.log_of(board, after=3)


async def test_a_reader_that_knows_more_than_redis_told_is_believed(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    line.bus.loses = 1.0
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board):
        version = await line.scribe.write(board, 3)

        async with listening(hub, board, since=version) as late:
            assert late.resets == []
            assert late.reader.version == version


async def test_a_reader_is_not_told_more_from_the_log_than_the_others_know(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 3)
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board):
        await subscribed(line, 3)
        line.bus.loses = 1.0
        await line.scribe.write(board, 2)
        await until(lambda: line.bus.lost == 2)
        line.bus.loses = 0.0

        async with listening(hub, board, since=0) as late:
            await late.reach(3)
            version = await line.scribe.write(board)
            assert await late.reach(version) == await line.scribe.log_of(board)
            assert late.resets == []


async def test_what_one_reader_needed_from_the_log_is_remembered_for_the_next(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 20)
    async with line.hub(HINTS_ONLY) as hub, listening(hub, board, since=5) as one:
        await one.reach(20)

        assert hub._rooms[board.id].after(5) is not None
        assert hub._rooms[board.id].after(4) is None


async def test_a_gap_of_five_hundred_events_is_told(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, GAP_LIMIT)
    async with line.hub() as hub, listening(hub, board, since=0) as one:
        assert await one.reach(GAP_LIMIT) == await line.scribe.log_of(board)
        assert one.resets == []


async def test_a_larger_gap_resets_the_reader_to_the_present(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, GAP_LIMIT + 1)
    async with line.hub() as hub, listening(hub, board, since=0) as one:
        await until(lambda: one.resets == [GAP_LIMIT + 1])

        version = await line.scribe.write(board)

        assert await one.reach(version) == await line.scribe.log_of(board, after=GAP_LIMIT + 1)


async def test_a_version_from_the_future_resets_the_reader(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 3)
    async with line.hub() as hub, listening(hub, board, since=9) as one:
        await until(lambda: one.resets == [3])

        version = await line.scribe.write(board)

        assert await one.reach(version) == await line.scribe.log_of(board, after=3)


async def test_a_database_restored_from_a_backup_resets_those_who_listen(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 9)
    async with line.hub() as hub, listening(hub, board) as one:
        await _restore(line, board.id, 4)
        await until(lambda: one.resets == [4])

        version = await line.scribe.write(board, 2)

        assert await one.reach(version) == await line.scribe.log_of(board, after=4)
        assert version == 6


async def test_a_log_cut_to_its_retention_resets_those_who_need_more(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 9)
    async with line.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("DELETE FROM events WHERE version < 5"))

    async with (
        line.hub() as hub,
        listening(hub, board, since=2) as one,
        listening(hub, board, since=4) as other,
    ):
        await until(lambda: one.resets == [9])
        assert await other.reach(9) == await line.scribe.log_of(board)
        assert other.resets == []


async def test_thousands_of_events_at_once_reach_a_reader_that_keeps_up(
    line: Line, anna: UUID
) -> None:
    board = await line.scribe.board(anna)
    async with line.hub(HINTS_ONLY, keep_messages=64) as hub, listening(hub, board) as one:
        await subscribed(line, 3)

        version = await line.scribe.write(board, 2_000)

        assert await one.reach(version) == await line.scribe.log_of(board)
        assert one.resets == []


async def test_workspaces_are_streams_as_well(line: Line, anna: UUID, ben: UUID) -> None:
    board = await line.scribe.board(anna, ben)
    workspace = Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id)
    async with line.hub() as hub, listening(hub, workspace) as one:
        await line.scribe.remove(ben, board)

        assert await one.reach(1) == await line.scribe.log_of(workspace)


async def test_rooms_without_listeners_are_closed(line: Line, anna: UUID) -> None:
    board = await line.scribe.board(anna)
    async with line.hub(CHECKS_OFTEN) as hub:
        async with listening(hub, board):
            await subscribed(line, 3)
            await until(lambda: len(hub._rooms) == 2)

        async def nobody_subscribes() -> bool:
            return await line.bus.bus._redis.pubsub_channels() == [b"live:recheck"]

        await until(nobody_subscribes)
        assert hub._rooms == {}


async def _write_slowly(line: Line, board: Stream, count: int) -> None:
    for _ in range(count):
        await line.scribe.write(board)
        await asyncio.sleep(0.002)


async def _restore(line: Line, board_id: UUID, version: int) -> None:
    async with line.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("DELETE FROM events WHERE version > :version"), {"version": version}
        )
        await tx.session.execute(
            text("UPDATE boards SET version = :version WHERE id = :id"),
            {"version": version, "id": board_id},
        )
