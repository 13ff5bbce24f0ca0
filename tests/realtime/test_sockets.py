"""A live connection, as a client sees it."""

import json
import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from taskly.kit.clock import FrozenClock
from taskly.kit.ids import new_id
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.hub import Pace
from taskly.platform.realtime.reader import GAP_LIMIT
from tests.realtime.conftest import HINTS_ONLY, Line
from tests.realtime.site import Client
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

UNKNOWN = new_id()


@pytest.fixture
async def board(line: Line, anna: UUID) -> Stream:
    """Anna's board, at version 3."""
    board = await line.scribe.board(anna)
    await line.scribe.write(board, 3)
    return board


def workspace_of(board: Stream) -> Stream:
    return Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id)


async def hello(client: Client) -> int:
    message = await client.next()
    assert message["kind"] == "hello"
    version = message["version"]
    assert isinstance(version, int)
    return version


async def test_the_first_message_says_where_the_stream_stands(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    async with line.site(clock=clock) as site, site.client(board, anna) as client:
        assert await client.next() == {
            "kind": "hello",
            "at": "2026-11-23T09:00:00Z",
            "version": 3,
            "presence": [],
        }


async def test_an_event_says_what_changed_and_who_did_it(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna) as client:
        await hello(client)
        await line.scribe.write(board, text="Ünïcode ✓")

        event = await client.next("event")

    assert sorted(event) == [
        *("actor", "at", "card_id", "data", "kind", "operation_id", "type", "version")
    ]
    assert (event["version"], event["type"], event["actor"]["kind"]) == (4, "note.taken", "user")
    assert (event["data"]["entity"], event["data"]["before"]) == ("note", None)
    assert event["data"]["after"] == {"text": "Ünïcode ✓", "at": event["data"]["after"]["at"]}


async def test_a_client_that_comes_back_gets_the_rest(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site:
        async with site.client(board, anna, since=1) as client:
            assert await hello(client) == 1
            heard = await client.texts(up_to=3)
        await line.scribe.write(board, 2)
        async with site.client(board, anna, since=3) as client:
            heard += await client.texts(up_to=5)

    assert heard == await line.scribe.log_of(board, after=1)


async def test_a_client_that_missed_too_much_is_sent_to_the_snapshot(
    line: Line, anna: UUID, board: Stream
) -> None:
    version = await line.scribe.write(board, GAP_LIMIT)
    async with line.site() as site, site.client(board, anna, since=1) as client:
        assert await hello(client) == 1
        reset = await client.next("event", "reset")
        assert (reset["kind"], reset["version"]) == ("reset", version)

        await line.scribe.write(board)
        assert (await client.next("event", "reset"))["version"] == version + 1


async def test_many_clients_hear_the_same_bytes(line: Line, anna: UUID, board: Stream) -> None:
    async with (
        line.site() as one_process,
        line.site() as another,
        one_process.client(board, anna, since=0) as first,
        another.client(board, anna, since=0) as second,
    ):
        await line.scribe.write(board, 20)

        assert await first.texts(up_to=23) == await second.texts(up_to=23)


async def test_a_workspace_can_be_followed(line: Line, anna: UUID, ben: UUID) -> None:
    board = await line.scribe.board(anna, ben)
    async with line.site() as site, site.client(workspace_of(board), anna) as client:
        assert await hello(client) == 0
        await line.scribe.remove(ben, board)

        assert (await client.next("event"))["type"] == "member.removed"


@pytest.mark.parametrize("kind", StreamKind)
async def test_what_is_not_there_closes_with_4404(line: Line, anna: UUID, kind: StreamKind) -> None:
    nowhere = Stream(kind, UNKNOWN, UNKNOWN)
    async with line.site() as site, site.client(nowhere, anna) as client:
        assert await client.closed() == 4404


async def test_an_address_that_is_no_id_closes_with_4404(line: Line, anna: UUID) -> None:
    async with line.site() as site:
        address = f"ws://127.0.0.1:{site.port}/ws/boards/none"
        async with connect(address, additional_headers={"Authorization": f"Bearer {anna}"}) as it:
            assert await Client(it).closed() == 4404


async def test_an_outsider_learns_no_more_than_that(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    assert anna != ben
    async with line.site() as site, site.client(board, ben) as client:
        assert await client.closed() == 4404


async def test_who_is_not_signed_in_is_told_with_4401(line: Line, board: Stream) -> None:
    async with line.site() as site, site.client(board, None) as client:
        assert await client.closed() == 4401


@pytest.mark.parametrize("since", ["", "-1", "x", "1.5", "٣", "9" * 16, "1&since=2"])
async def test_a_malformed_since_closes_with_4400(
    line: Line, anna: UUID, board: Stream, since: str
) -> None:
    async with line.site() as site, site.client(board, anna, since=since) as client:
        assert await client.closed() == 4400


async def test_another_sites_page_gets_403_before_the_handshake(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site:
        with pytest.raises(InvalidStatus) as refused:
            async with site.client(board, anna, origin="http://evil"):
                pass
    assert refused.value.response.status_code == 403


async def test_a_token_in_the_address_is_refused_and_not_logged(
    line: Line, board: Stream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with line.site() as site:
        caplog.clear()
        with pytest.raises(InvalidStatus) as refused:
            async with site.client(board, None, query="token=canary-in-a-query"):
                pass
    assert refused.value.response.status_code == 403
    ours = [record for record in caplog.records if not record.name.startswith("websockets.client")]
    assert [record for record in ours if "WebSocket /ws" in record.getMessage()] != []
    assert [record for record in ours if "canary" in record.getMessage()] == []


async def test_an_offered_subprotocol_is_taken_and_no_other(
    line: Line, anna: UUID, board: Stream
) -> None:
    offered = ["bearer.abc", "taskly.v1"]
    async with line.site() as site, site.client(board, anna, subprotocols=offered) as client:
        assert client.connection.subprotocol == "taskly.v1"
    async with line.site() as site, site.client(board, anna, subprotocols=offered[:1]) as client:
        assert client.connection.subprotocol is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "7", '"pong"', "NaN", "{}", '{"kind":"hello"}'),
        *('{"kind":"pong","more":1}', '{"kind":"presence","state":"asleep"}'),
        *('{"kind":"presence","card_id":"no id"}', '{"kind":"pong"', "[" * 5000),
        *('{"kind":"presence","state":"\\ud800"}', b'{"kind":"pong"}', b"\x00"),
    ],
)
async def test_what_is_not_understood_closes_with_4400(
    line: Line, anna: UUID, board: Stream, text: str | bytes
) -> None:
    async with line.site() as site, site.client(board, anna) as client:
        await hello(client)
        await client.send(text)

        assert await client.closed() == 4400


async def test_a_frame_of_more_than_64_kib_closes_with_1009(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna) as client:
        await hello(client)
        await client.send(" " * (64 * 1024 + 1))

        assert await client.closed() == 1009


async def test_more_than_a_hundred_messages_a_minute_close_with_4429(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as client:
        await hello(client)
        for _ in range(100):
            await client.send('{"kind":"pong"}')
        clock.advance(timedelta(seconds=30))
        await client.next("ping")
        clock.advance(timedelta(seconds=29))
        await client.send('{"kind":"pong"}')

        assert await client.closed() == 4429


async def test_a_hundred_messages_in_each_minute_are_welcome(
    line: Line, anna: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as client:
        await hello(client)
        for state in ("editing", "dragging", "editing"):
            for _ in range(99):
                await client.send('{"kind":"pong"}')
            await client.send_presence(state=state)
            await client.sees([{"user_id": str(anna), "state": state, "card_id": None}])
            clock.advance(timedelta(seconds=60))


async def test_a_heartbeat_carries_the_version(line: Line, anna: UUID, board: Stream) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as client:
        await hello(client)
        clock.advance(timedelta(seconds=30))
        first = await client.next("ping")
        await line.scribe.write(board)
        await client.next("event")
        clock.advance(timedelta(seconds=30))
        second = await client.next("ping")

    assert first == {"kind": "ping", "at": "2026-11-23T09:00:30Z", "version": 3}
    assert second == {"kind": "ping", "at": "2026-11-23T09:01:00Z", "version": 4}


async def test_a_shutdown_closes_with_1012_and_a_client_misses_nothing(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna, since=0) as client:
        heard = await client.texts(up_to=3)
        site.stop()
        assert await client.closed() == 1012
    await line.scribe.write(board, 2)
    async with line.site() as site, site.client(board, anna, since=3) as client:
        heard += await client.texts(up_to=5)

    assert heard == await line.scribe.log_of(board)


async def test_a_hub_that_ends_before_its_server_closes_with_1012_too(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna) as client:
        await hello(client)
        await site.hub.guests.drain(20)

        assert await client.closed() == 1012


async def test_no_database_connection_is_held_by_open_sockets(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site(HINTS_ONLY) as site, site.client(board, anna) as first:
        await hello(first)
        async with site.client(board, anna) as second:
            await hello(second)

            await until(lambda: line.connections_in_use() == 0)


async def test_sockets_that_end_leave_nothing_behind(line: Line, anna: UUID, board: Stream) -> None:
    async with line.site() as site:
        async with site.client(board, anna) as client:
            await hello(client)
        async with site.client(board, anna) as client:
            client.connection.transport.abort()

        await until(lambda: site.hub._rooms == {} and site.hub.guests._present == set())


async def test_slow_checks_of_access_hold_events_back(
    line: Line, anna: UUID, board: Stream
) -> None:
    """Nothing is sent while nobody can say whether it may be."""
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    pace = Pace(tick_seconds=0.02, recheck_seconds=30, ping_seconds=3600)
    async with line.site(pace, clock=clock) as site, site.client(board, anna) as client:
        await hello(client)
        site.breaks = True
        clock.advance(timedelta(seconds=31))
        await until(lambda: site.asked_in_vain > 0)
        await line.scribe.write(board)
        await until(lambda: site.asked_in_vain > 2)
        site.breaks = False

        assert json.loads((await client.texts(up_to=4))[0])["version"] == 4
