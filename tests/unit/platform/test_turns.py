"""One at a time, thing by thing, and nobody waits for ever."""

import asyncio
from uuid import uuid4

import pytest

from taskly.platform.db.turns import Places, Turns
from taskly.platform.http.problems import Unavailable

pytestmark = pytest.mark.anyio


async def visit(places: Places) -> bool:
    """Take a place for a moment; whether one had to wait for it."""
    async with places.take() as waited:
        return waited


async def test_the_same_thing_is_changed_by_one_at_a_time_and_in_order() -> None:
    turns, thing = Turns(wait_seconds=60), uuid4()
    seen: list[tuple[int, bool]] = []
    inside = 0

    async def change(number: int) -> None:
        nonlocal inside
        async with turns.take(thing) as waited:
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            seen.append((number, waited))
            inside -= 1

    await asyncio.gather(*(change(number) for number in range(4)))
    assert seen == [(0, False), (1, True), (2, True), (3, True)]


async def test_different_things_do_not_wait_for_each_other() -> None:
    turns = Turns(wait_seconds=60)
    async with turns.take(uuid4()) as first, turns.take(uuid4()) as second:
        assert (first, second) == (False, False)


async def test_who_waits_too_long_is_told_to_come_back() -> None:
    turns, thing = Turns(wait_seconds=0.01), uuid4()
    async with turns.take(thing):
        with pytest.raises(Unavailable, match="at once"):
            async with turns.take(thing):
                raise AssertionError("it was not this one's turn")
    async with turns.take(thing) as waited:
        assert not waited


async def test_so_many_have_a_place_and_the_others_follow_in_order() -> None:
    places = Places(2, wait_seconds=60, otherwise="Full.")
    seen: list[tuple[int, bool]] = []
    inside = 0

    async def visit(number: int) -> None:
        nonlocal inside
        async with places.take() as waited:
            inside += 1
            assert inside <= 2
            await asyncio.sleep(0)
            seen.append((number, waited))
            inside -= 1

    await asyncio.gather(*(visit(number) for number in range(5)))
    assert seen == [(0, False), (1, False), (2, True), (3, True), (4, True)]


async def test_who_finds_no_place_in_time_is_told_so() -> None:
    places = Places(1, wait_seconds=0.01, otherwise="Full.")
    async with places.take():
        with pytest.raises(Unavailable, match="Full") as refused:
            async with places.take():
                raise AssertionError("there was no place for this one")
    assert refused.value.headers == {"Retry-After": "1"}
    async with places.take() as waited:
        assert not waited


async def test_who_gives_up_waiting_leaves_the_place_to_others() -> None:
    places = Places(1, wait_seconds=60, otherwise="Full.")

    async with places.take():
        impatient, patient = asyncio.create_task(visit(places)), asyncio.create_task(visit(places))
        await asyncio.sleep(0)
        impatient.cancel()
    assert await patient
    assert not await visit(places)
    assert impatient.cancelled()


async def test_who_gives_up_when_a_place_is_just_free_leaves_it_to_others() -> None:
    places = Places(1, wait_seconds=60, otherwise="Full.")

    async with places.take():
        impatient, patient = asyncio.create_task(visit(places)), asyncio.create_task(visit(places))
        await asyncio.sleep(0)
    impatient.cancel()
    assert await patient
    assert not await visit(places)
