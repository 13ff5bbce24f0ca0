"""Deliveries that failed are asked for again, and not for ever."""

from datetime import datetime, timedelta

import pytest

from taskly.github.syncing.redelivery import MOST_ATTEMPTS
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

QUARTER = timedelta(minutes=15)


async def compare(place: Place, ann: Actor, repository: Json, last_at: datetime) -> int:
    """Compare the repository, which was compared last at this time; how many deliveries were asked for."""
    await place.change("UPDATE git_repositories SET last_sync_at = :at", at=last_at)
    expect(await ann.post(f"/repositories/{repository['id']}/reconcile", json={}), 202)
    await place.settle()
    health = expect(await ann.get(f"/repositories/{repository['id']}/health"), 200)
    found: int = health["last_comparison"]["redelivered"]
    return found


async def test_what_is_refused_every_time_is_left_alone_after_some_comparisons(
    place: Place, ann: Actor, connected: Json
) -> None:
    await place.github.push(REPOSITORY, "heard", ["Begin"])
    await place.settle()
    now = await place.github.freeze_clock(place.runtime.clock.now() - timedelta(days=1))
    await place.github.add_fault("drop_deliveries")
    await place.github.push(REPOSITORY, "lost", ["Begin"])
    await place.settle()

    asked: list[int] = []
    for _ in range(MOST_ATTEMPTS + 2):
        last_at, now = now, await place.github.advance_clock(QUARTER.total_seconds())
        asked.append(await compare(place, ann, connected, last_at))
        await place.change("DELETE FROM jobs")

    # The first attempt is GitHub's own. The push made a branch, too.
    assert asked == [2] * (MOST_ATTEMPTS - 1) + [0, 0, 0]
