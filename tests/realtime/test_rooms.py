"""The rule of rooms: whatever arrives, in whatever order, is given once, in order and without gaps."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.ids import new_id
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.messages import Message
from taskly.platform.realtime.room import KEEP_CHARACTERS, Room

STREAM = Stream(StreamKind.BOARD, new_id(), new_id())


class Ear:
    """Listens to a room and keeps what it hears."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.version = room.version
        self.heard: list[int] = []
        room.listeners.add(self)

    def wake(self) -> None:
        """Take what is new."""
        for message in self.room.after(self.version) or ():
            self.heard.append(message.version)
            self.version = message.version


def room_at(version: int, *, keep: int = 8) -> Room:
    return Room(STREAM, version, keep_messages=keep)


def message(version: int, text: str = "") -> Message:
    return Message(version, text or f"event {version}")


@given(st.lists(st.integers(1, 20)))
def test_a_room_gives_each_version_once_in_order_whatever_it_is_offered(offers: list[int]) -> None:
    room = room_at(0)
    ear = Ear(room)

    accepted = [room.offer(message(version)) for version in offers]

    assert ear.heard == list(range(1, room.version + 1))
    expected = 0
    for version, answer in zip(offers, accepted, strict=True):
        assert answer == (version <= expected + 1)
        expected = max(expected, version) if answer else expected
    assert room.version == expected


@given(st.lists(st.integers(1, 12)), st.integers(0, 12))
def test_offering_the_log_makes_good_whatever_was_missed(offers: list[int], head: int) -> None:
    room = room_at(0)
    ear = Ear(room)
    for version in offers:
        if version <= head:
            room.offer(message(version))

    for version in range(room.version + 1, head + 1):
        assert room.offer(message(version))

    assert ear.heard == list(range(1, head + 1))


@given(st.integers(1, 40), st.integers(1, 10))
def test_a_room_remembers_the_latest_messages_and_says_when_it_does_not(
    count: int, keep: int
) -> None:
    room = room_at(0, keep=keep)
    for version in range(1, count + 1):
        room.offer(message(version))

    for since in range(count + 1):
        remembered = room.after(since)
        if count - since <= keep:
            assert remembered == tuple(message(each) for each in range(since + 1, count + 1))
        else:
            assert remembered is None


def test_a_room_forgets_by_size_too_but_never_the_latest_message() -> None:
    room = room_at(0)
    room.offer(message(1, "a"))
    room.offer(message(2, "b" * KEEP_CHARACTERS * 2))

    assert room.after(0) is None
    assert [each.version for each in room.after(1) or ()] == [2]


def test_a_room_takes_back_what_leads_up_to_its_memory() -> None:
    room = room_at(10, keep=5)
    room.offer(message(11))

    room.remember([message(version) for version in range(5, 11)])

    assert [each.version for each in room.after(6) or ()] == [7, 8, 9, 10, 11]
    assert room.after(5) is None


def test_a_room_does_not_take_back_what_leaves_a_gap() -> None:
    room = room_at(10)

    room.remember([message(7), message(8)])

    assert room.after(8) is None
    assert room.after(10) == ()


def test_a_restart_forgets_the_past_and_wakes_the_listeners() -> None:
    room = room_at(10)
    room.offer(message(11))
    woken: list[UUID] = []

    class Sleeper:
        def wake(self) -> None:
            woken.append(room.stream.id)

    room.listeners.add(Sleeper())

    room.restart(3)

    assert (room.version, room.history, woken) == (3, 1, [STREAM.id])
    assert room.after(2) is None
    assert room.offer(message(4))
