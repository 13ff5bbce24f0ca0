"""A reader's place in a stream."""

from collections.abc import Sequence

import pytest

from taskly.kit.ids import new_id
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.messages import Message
from taskly.platform.realtime.reader import GAP_LIMIT, Lost, Reader
from taskly.platform.realtime.room import Room

pytestmark = pytest.mark.anyio


def room_at(version: int) -> Room:
    return Room(Stream(StreamKind.BOARD, new_id(), new_id()), version, keep_messages=8)


def messages(first: int, last: int) -> list[Message]:
    return [Message(version, f"event {version}") for version in range(first, last + 1)]


async def the_log(room: Room, version: int) -> Sequence[Message]:
    return messages(version + 1, room.version)


async def nothing(_room: Room, _version: int) -> Sequence[Message]:
    return ()


async def test_what_the_room_forgot_is_read_from_the_log() -> None:
    reader = Reader(room_at(20), 3, the_log)

    assert await reader.read() == messages(4, 20)
    assert await reader.read() == ()
    assert reader.version == 20


@pytest.mark.parametrize("version", [-1, GAP_LIMIT + 2])
async def test_who_is_too_far_behind_or_ahead_is_lost_and_then_at_the_present(version: int) -> None:
    room = room_at(GAP_LIMIT)
    reader = Reader(room, version, the_log)

    with pytest.raises(Lost):
        await reader.read()

    assert await reader.read() == ()
    room.offer(Message(GAP_LIMIT + 1, "next"))
    assert await reader.read() == (Message(GAP_LIMIT + 1, "next"),)


async def test_a_place_in_a_history_that_was_given_up_means_nothing() -> None:
    room = room_at(10)
    reader = Reader(room, None, the_log)
    room.restart(5)
    for message in messages(6, 12):
        room.offer(message)

    with pytest.raises(Lost):
        await reader.read()

    assert reader.version == 12


async def test_a_history_given_up_while_the_log_was_read_means_nothing_either() -> None:
    room = room_at(10)

    async def restored(_room: Room, version: int) -> Sequence[Message]:
        told = messages(version + 1, 10)
        room.restart(8)
        return told

    with pytest.raises(Lost):
        await Reader(room, 5, restored).read()


async def test_who_needs_what_the_log_has_no_more_is_lost() -> None:
    with pytest.raises(Lost):
        await Reader(room_at(10), 5, nothing).read()
