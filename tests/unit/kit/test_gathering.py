"""One question serves everybody who came before it was put."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest

from taskly.kit.gathering import Gathering

pytestmark = pytest.mark.anyio


class Oracle:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fails = False
        self._go = asyncio.Semaphore(0)

    async def ask(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Everything but `nothing` has an answer: itself and the number of the question."""
        self.asked.append(sorted(keys))
        number = len(self.asked)
        await self._go.acquire()
        if self.fails:
            raise OSError("no answer")
        return {key: f"{key}{number}" for key in keys if key != "nothing"}

    def answer(self, times: int = 1) -> None:
        """Let so many questions be answered."""
        for _ in range(times):
            self._go.release()


async def turns(count: int = 10) -> None:
    """Let everybody go on as far as they can."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_who_comes_while_a_question_is_on_its_way_is_in_the_next_one() -> None:
    oracle = Oracle()
    gathering: Gathering[str, str] = Gathering(oracle.ask, lanes=1)
    first = [asyncio.create_task(gathering.get(key)) for key in ("a", "b", "a")]
    await turns()
    later = [asyncio.create_task(gathering.get(key)) for key in ("a", "c", "nothing")]
    await turns()
    assert oracle.asked == [["a", "b"]]
    oracle.answer(2)
    assert await asyncio.gather(*first) == ["a1", "b1", "a1"]
    assert await asyncio.gather(*later) == ["a2", "c2", None]
    assert oracle.asked == [["a", "b"], ["a", "c", "nothing"]]


async def test_so_many_questions_are_on_their_way_as_there_are_lanes() -> None:
    oracle = Oracle()
    gathering: Gathering[str, str] = Gathering(oracle.ask, lanes=2)
    tasks = []
    for key in "abcd":
        tasks.append(asyncio.create_task(gathering.get(key)))
        await turns()
    assert oracle.asked == [["a"], ["b"]]
    oracle.answer(3)
    assert await asyncio.gather(*tasks) == ["a1", "b2", "c3", "d3"]


async def test_a_failure_is_everybodys_who_asked_and_nobody_elses() -> None:
    oracle = Oracle()
    gathering: Gathering[str, str] = Gathering(oracle.ask, lanes=1)
    oracle.fails = True
    both = [asyncio.create_task(gathering.get(key)) for key in "ab"]
    await turns()
    oracle.answer()
    await asyncio.wait(both)
    assert [type(task.exception()) for task in both] == [OSError, OSError]
    oracle.fails = False
    oracle.answer()
    assert await gathering.get("a") == "a2"


async def test_who_stops_waiting_takes_nothing_away_from_the_others() -> None:
    oracle = Oracle()
    gathering: Gathering[str, str] = Gathering(oracle.ask, lanes=1)
    impatient, patient = (asyncio.create_task(gathering.get("a")) for _ in range(2))
    await turns()
    impatient.cancel()
    await turns()
    oracle.answer()
    assert await patient == "a1"
    assert impatient.cancelled()


async def test_at_its_end_nobody_waits_any_more() -> None:
    oracle = Oracle()
    gathering: Gathering[str, str] = Gathering(oracle.ask, lanes=1)
    asked = asyncio.create_task(gathering.get("a"))
    await turns()
    waiting = asyncio.create_task(gathering.get("b"))
    await turns()
    await gathering.aclose()
    for task in (asked, waiting):
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
