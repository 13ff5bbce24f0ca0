"""Who may listen, while they listen."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from taskly.kit.clock import FrozenClock
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.hub import Pace
from tests.realtime.conftest import HINTS_ONLY, NEVER, Line
from tests.realtime.site import Client, Site
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

GAP_CHECK_ONLY = Pace(gap_check_seconds=0.05, tick_seconds=0.02, recheck_seconds=NEVER)


@pytest.fixture
async def board(line: Line, anna: UUID, ben: UUID) -> Stream:
    """A board of two people."""
    return await line.scribe.board(anna, ben)


async def settled(line: Line, site: Site, *clients: Client) -> None:
    """Wait until the clients are live, and Redis tells the hub of the board and its workspace."""
    for client in clients:
        await client.next("hello")

    async def subscribed() -> bool:
        return len(await line.bus.bus._redis.pubsub_channels()) >= 3

    await until(subscribed)
    assert site.hub.guests._present != set()


async def hears(line: Line, client: Client, board: Stream) -> None:
    """Write something that the client hears."""
    await client.texts(up_to=await line.scribe.write(board))


async def test_a_removed_member_is_closed_with_4403_and_hears_nothing_later(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    async with (
        line.site(HINTS_ONLY) as site,
        site.client(board, anna) as hers,
        site.client(board, ben) as his,
    ):
        await settled(line, site, hers, his)
        await line.scribe.remove(ben, board)
        after = await line.scribe.write(board, 5)

        assert await his.until_closed() == (4403, [])
        assert (await hers.texts(up_to=after))[-5:] == (await line.scribe.log_of(board))[-5:]


async def test_a_removal_is_noticed_without_redis(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    assert anna != ben
    async with line.site(GAP_CHECK_ONLY) as site, site.client(board, ben) as client:
        await settled(line, site, client)
        line.redis.kill()
        await line.scribe.remove(ben, board)

        assert await client.closed() == 4403


async def test_a_member_removed_from_the_workspace_loses_its_stream_too(
    line: Line, ben: UUID, board: Stream
) -> None:
    workspace = Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id)
    async with line.site(HINTS_ONLY) as site, site.client(workspace, ben) as client:
        assert (await client.next())["kind"] == "hello"
        await until(lambda: site.hub.guests._present != set())
        await line.scribe.remove(ben, board)
        await line.scribe.remove(ben, board)

        assert await client.until_closed() == (4403, [])


async def test_a_deleted_board_closes_with_4404(line: Line, anna: UUID, board: Stream) -> None:
    async with line.site(GAP_CHECK_ONLY) as site, site.client(board, anna) as client:
        await settled(line, site, client)
        await line.scribe.delete(board)

        assert await client.closed() == 4404


async def test_the_end_of_a_workspace_closes_what_listens_to_its_boards_at_once(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    async with (
        line.site(HINTS_ONLY) as site,
        site.client(board, anna) as hers,
        site.client(board, ben) as his,
    ):
        await settled(line, site, hers, his)
        await line.scribe.end(board)

        assert (await hers.closed(), await his.closed()) == (4403, 4403)


async def test_the_end_of_a_session_closes_with_4401_when_the_bus_says_so(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    async with (
        line.site(HINTS_ONLY) as site,
        site.client(board, anna) as hers,
        site.client(board, ben) as his,
    ):
        await settled(line, site, hers, his)
        site.signed_out.add(ben)
        await line.bus.bus.recheck(ben)

        assert await his.closed() == 4401
        await hears(line, hers, board)


async def test_access_is_proved_again_every_half_minute(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as client:
        await settled(line, site, client)
        site.signed_out.add(anna)
        clock.advance(timedelta(seconds=29))
        await hears(line, client, board)
        clock.advance(timedelta(seconds=1))

        assert await client.closed() == 4401


async def test_what_ended_while_the_socket_opened_is_noticed_before_the_first_word(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site(HINTS_ONLY) as site:
        site.signed_out.add(anna)  # the handshake here does not look, the proof after joining does
        async with site.client(board, anna) as client:
            assert await client.until_closed() == (4401, [])
