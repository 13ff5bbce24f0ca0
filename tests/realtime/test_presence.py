"""Who is here, and on which card."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from taskly.kit.clock import FrozenClock
from taskly.kit.ids import new_id
from taskly.platform.events.log import Stream
from tests.realtime.conftest import HINTS_ONLY, Line
from tests.realtime.site import Json

pytestmark = pytest.mark.anyio

CARD = str(new_id())


@pytest.fixture
async def board(line: Line, anna: UUID, ben: UUID) -> Stream:
    """A board of two people."""
    return await line.scribe.board(anna, ben)


def person(user_id: UUID, state: str = "viewing", card_id: str | None = None) -> Json:
    return {"user_id": str(user_id), "state": state, "card_id": card_id}


def both(*people: Json) -> list[Json]:
    return sorted(people, key=lambda one: (one["user_id"], one["state"]))


async def test_people_see_who_comes_what_they_do_and_that_they_go(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    async with line.site() as one, line.site() as other, one.client(board, anna) as hers:
        await hers.sees([person(anna)])
        async with other.client(board, ben) as his:
            await hers.sees(both(person(anna), person(ben)))
            await his.send_presence(state="editing", card_id=CARD)
            await hers.sees(both(person(anna), person(ben, "editing", CARD)))
            await hers.send_presence(state="dragging", card_id=CARD)
            await his.sees(both(person(anna, "dragging", CARD), person(ben, "editing", CARD)))
            await his.send_presence()
            await hers.sees(both(person(anna, "dragging", CARD), person(ben)))
        await hers.sees([person(anna, "dragging", CARD)])


async def test_the_first_message_says_who_is_here_already(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna) as hers:
        await hers.sees([person(anna)])
        async with site.client(board, ben) as his:
            assert (await his.next("hello"))["presence"] == [person(anna)]


async def test_two_tabs_of_one_person_that_say_the_same_count_once(
    line: Line, anna: UUID, board: Stream
) -> None:
    async with line.site() as site, site.client(board, anna) as first:
        await first.sees([person(anna)])
        async with site.client(board, anna) as second:
            await second.send_presence(state="editing", card_id=CARD)
            await first.sees([person(anna, "editing", CARD), person(anna)])
            await second.send_presence()
            await first.sees([person(anna)])


async def test_presence_is_of_one_board_only(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    other = await line.scribe.board(ben)
    async with (
        line.site() as site,
        site.client(board, anna) as hers,
        site.client(other, ben) as his,
    ):
        await hers.sees([person(anna)])
        await his.sees([person(ben)])


async def test_who_vanished_without_a_word_is_gone_after_a_while(
    line: Line, anna: UUID, ben: UUID, board: Stream
) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(HINTS_ONLY, clock=clock) as site, site.client(board, anna) as hers:
        await hers.sees([person(anna)])
        stale = f'[{(clock.now() + timedelta(seconds=70)).timestamp()},"{ben}","viewing",null]'
        await line.bus.bus._redis.hset(f"presence:{board.id}", "lost", stale)
        clock.advance(timedelta(seconds=30))
        await hers.sees(both(person(anna), person(ben)))
        clock.advance(timedelta(seconds=45))
        await hers.sees([person(anna)])


async def test_without_redis_nobody_is_here_and_events_go_on(
    line: Line, anna: UUID, board: Stream
) -> None:
    line.redis.kill()
    async with line.site() as site, site.client(board, anna) as client:
        assert (await client.next())["presence"] == []
        version = await line.scribe.write(board, 3)
        assert await client.texts(up_to=version) == await line.scribe.log_of(board)


async def test_presence_comes_back_with_redis(line: Line, anna: UUID, board: Stream) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    async with line.site(clock=clock) as site, site.client(board, anna) as client:
        await client.sees([person(anna)])
        line.redis.kill()
        clock.advance(timedelta(seconds=30))
        await client.sees([])
        line.redis.start()
        clock.advance(timedelta(seconds=30))

        await client.sees([person(anna)])
