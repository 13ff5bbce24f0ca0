"""Answers that are remembered for some seconds."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from taskly.kit.clock import FrozenClock
from taskly.users.ttl_cache import TtlCache

pytestmark = pytest.mark.anyio


class Oracle:
    """Answers with how often it was asked; waits until it may."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None

    async def answer(self, key: str) -> int:
        """The answer."""
        self.asked.append(key)
        self.was_asked.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return len(self.asked)


@pytest.fixture
def clock() -> FrozenClock:
    """The time of the test."""
    return FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
async def oracle() -> Oracle:
    """Somebody to ask."""
    return Oracle()


@pytest.fixture
def cache(oracle: Oracle, clock: FrozenClock) -> TtlCache[str, int]:
    """Remembers two answers for three seconds."""
    return TtlCache(oracle.answer, clock=clock, seconds=3, size=2)


async def test_an_answer_is_remembered_for_its_time(
    cache: TtlCache[str, int], clock: FrozenClock
) -> None:
    answers = []
    for _ in range(4):
        answers.append(await cache.get("a"))
        clock.advance(timedelta(seconds=1))
    assert answers == [1, 1, 1, 2]


async def test_the_time_begins_with_the_question(
    cache: TtlCache[str, int], oracle: Oracle, clock: FrozenClock
) -> None:
    oracle.open.clear()
    waiting = asyncio.create_task(cache.get("a"))
    await oracle.was_asked.wait()
    clock.advance(timedelta(seconds=3))
    oracle.open.set()
    assert await waiting == 1
    assert await cache.get("a") == 2


async def test_all_who_wait_share_one_question(cache: TtlCache[str, int], oracle: Oracle) -> None:
    oracle.open.clear()
    waiting = [asyncio.create_task(cache.get("a")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    oracle.open.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [1] * 49
    assert oracle.asked == ["a"]


async def test_a_failure_reaches_all_who_wait_and_is_not_remembered(
    cache: TtlCache[str, int], oracle: Oracle
) -> None:
    oracle.error = OSError("down")
    answers = await asyncio.gather(cache.get("a"), cache.get("a"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError]
    oracle.error = None
    assert await cache.get("a") == 2


async def test_the_oldest_answers_make_room(cache: TtlCache[str, int], oracle: Oracle) -> None:
    for key in ("a", "b", "c", "c", "b", "a"):
        await cache.get(key)
    assert oracle.asked == ["a", "b", "c", "a"]


async def test_closing_cancels_who_waits(cache: TtlCache[str, int], oracle: Oracle) -> None:
    oracle.open.clear()
    waiting = asyncio.create_task(cache.get("a"))
    await oracle.was_asked.wait()
    await cache.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting
