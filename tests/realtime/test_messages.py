"""An event is the same bytes from the transaction that made it and from the log."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM, Actor, ActorKind
from taskly.platform.events.change import Change
from taskly.platform.events.log import LogWriter, Recorded, Stream, from_row, read_log
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.bus import pack, unpack
from taskly.platform.realtime.messages import event_bytes, event_message
from tests.realtime.conftest import Line

pytestmark = pytest.mark.anyio

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts | st.uuids()
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
fields = st.none() | st.dictionaries(texts, values, max_size=6)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


class AnyChange(Change):
    """Whatever hypothesis thinks of."""

    type = "any.change"
    entity = "anything"


@st.composite
def changes(draw: st.DrawFn) -> AnyChange:
    return AnyChange(
        id=draw(st.uuids()),
        before=draw(fields),
        after=draw(fields),
        card_id=draw(st.none() | st.uuids()),
        reason=draw(fields),
    )


actors = st.builds(Actor, st.sampled_from(ActorKind), st.none() | st.uuids())


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(recorded=st.lists(changes(), min_size=1, max_size=5), actor=actors, at=moments)
async def test_the_log_gives_back_what_was_published_byte_for_byte(
    line: Line, recorded: list[AnyChange], actor: Actor, at: datetime
) -> None:
    board = await line.scribe.board()
    async with line.database.transaction(actor) as tx:
        tx.log = LogWriter(actor=actor, operation_id=new_id(), at=at)
        await tx.lock(board)
        for change in recorded:
            tx.record(board.id, change)
    published = [event_bytes(each) for each in tx.log.recorded]

    async with line.database.reading() as session:
        rows = await read_log(session, board.id, after=0, limit=10)
        assert [event_bytes(from_row(row)) for row in rows] == published


@given(changes(), st.integers(1, 2**63))
def test_a_message_on_the_bus_gives_its_version_without_being_parsed(
    change: AnyChange, version: int
) -> None:
    recorded = _recorded(change, version)

    assert unpack(pack(recorded)) == (version, event_bytes(recorded))
    assert event_message(recorded).text.encode() == event_bytes(recorded)


@given(st.binary(max_size=7))
def test_a_foreign_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="shorter than its header"):
        unpack(payload)


def _recorded(change: Change, version: int) -> Recorded:
    writer = LogWriter(actor=SYSTEM, operation_id=new_id(), at=datetime(2026, 1, 1, tzinfo=UTC))
    stream = Stream(StreamKind.BOARD, new_id(), new_id())
    writer.hold(stream, version - 1)
    writer.record(stream.id, change)
    return writer.recorded[0]
