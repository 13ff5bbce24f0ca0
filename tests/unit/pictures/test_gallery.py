"""Pictures are kept for a minute, and drawn by one for all who wait."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from taskly.kit.clock import FrozenClock
from taskly.pictures.gallery import KEPT_SECONDS, MOST_KEPT, Gallery

pytestmark = pytest.mark.anyio


class Drawer:
    """Draws one picture after the other, when it is let to."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.count = 0
        self.begun, self.may_draw = asyncio.Event(), asyncio.Event()
        if at_once:
            self.may_draw.set()

    async def __call__(self) -> str:
        """The next picture."""
        self.count += 1
        self.begun.set()
        picture = f"picture {self.count}"
        await self.may_draw.wait()
        return picture


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still."""
    return FrozenClock(datetime(2026, 11, 30, tzinfo=UTC))


async def waiting(gallery: Gallery, draw: Drawer, count: int) -> list[asyncio.Task[str]]:
    """So many who wait for a picture that is being drawn."""
    tasks = [asyncio.create_task(gallery.picture("badge", draw)) for _ in range(count)]
    await draw.begun.wait()
    return tasks


async def test_a_picture_is_drawn_again_after_a_minute(clock: FrozenClock) -> None:
    gallery, draw = Gallery(clock), Drawer()

    first = await gallery.picture("badge", draw)
    clock.advance(timedelta(seconds=KEPT_SECONDS - 1))
    kept = await gallery.picture("badge", draw)
    clock.advance(timedelta(seconds=1))
    anew = await gallery.picture("badge", draw)

    assert (first, kept, anew) == ("picture 1", "picture 1", "picture 2")


async def test_others_are_drawn_by_themselves(clock: FrozenClock) -> None:
    gallery, draw = Gallery(clock), Drawer()

    assert await gallery.picture(("board", "light"), draw) == "picture 1"
    assert await gallery.picture(("board", "dark"), draw) == "picture 2"


async def test_one_draws_for_all_who_wait_though_the_first_goes_away(clock: FrozenClock) -> None:
    gallery, draw = Gallery(clock), Drawer(at_once=False)
    first, *others = await waiting(gallery, draw, 3)

    first.cancel()
    await asyncio.wait([first])
    draw.may_draw.set()

    assert await asyncio.gather(*others) == ["picture 1"] * 2
    assert (first.cancelled(), draw.count) == (True, 1)


async def test_what_went_wrong_is_told_to_all_and_not_kept(clock: FrozenClock) -> None:
    async def fail() -> str:
        raise LookupError("no board")

    gallery, draw = Gallery(clock), Drawer()

    told = await asyncio.gather(
        *(gallery.picture("badge", fail) for _ in range(2)), return_exceptions=True
    )

    assert [type(each) for each in told] == [LookupError] * 2
    assert await gallery.picture("badge", draw) == "picture 1"


async def test_the_oldest_go_when_there_are_too_many(clock: FrozenClock) -> None:
    gallery, draw = Gallery(clock), Drawer()
    for number in range(MOST_KEPT + 1):
        await gallery.picture(number, draw)

    assert await gallery.picture(1, draw) == "picture 2"
    assert await gallery.picture(0, draw) == f"picture {MOST_KEPT + 2}"


async def test_nothing_is_drawn_any_more_once_it_is_closed(clock: FrozenClock) -> None:
    gallery, draw = Gallery(clock), Drawer(at_once=False)
    [one] = await waiting(gallery, draw, 1)

    await gallery.aclose()

    with pytest.raises(asyncio.CancelledError):
        await one
