"""What the app's webhook could not deliver: read once for all of its repositories, and as far back as is needed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from taskly.fake_github.wire.told import KnownApp
from taskly.github.errors import GitHubNotFound
from taskly.github.remote import app_failures
from taskly.github.remote.app_failures import FRESH, AppFailures
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.syncing import redelivery
from taskly.github.syncing.reconciliation import MARGIN
from taskly.kit.clock import FrozenClock
from tests.github.app_place import connect, install
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
APP = 5
LIST = "/app/hook/deliveries"


def failure(number: int, minutes_ago: int) -> HookDeliveryObject:
    """A delivery that failed."""
    at = NOW - minutes_ago * MINUTE
    return HookDeliveryObject(id=number, guid=str(number), delivered_at=at, status_code=500)


@dataclass
class Log:
    """GitHub, as far as it lists failures: two pages, newest first."""

    pages: list[list[HookDeliveryObject]] = field(
        default_factory=lambda: [[failure(3, 1), failure(2, 30)], [failure(1, 600)]]
    )
    asked: int = 0
    refusal: Exception | None = None

    async def __call__(self) -> AsyncIterator[list[HookDeliveryObject]]:
        if self.refusal is not None:
            raise self.refusal
        for page in self.pages:
            await asyncio.sleep(0)
            self.asked += 1
            yield page


@pytest.fixture
def clock() -> FrozenClock:
    """Stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def log() -> Log:
    """What GitHub lists."""
    return Log()


async def since(failures: AppFailures, log: Log, minutes_ago: int) -> list[int]:
    """The failures since then."""
    found = await failures.since(APP, NOW - minutes_ago * MINUTE, log)
    return [each.id for each in found]


async def test_a_reading_serves_all_processes_for_a_minute(
    redis: Redis, clock: FrozenClock, log: Log
) -> None:
    first, other = AppFailures(redis, clock), AppFailures(redis, clock)
    found = await asyncio.gather(*(since(each, log, 5) for each in (first, other, first, other)))
    assert found == [[3]] * 4
    assert log.asked == 1
    clock.advance(FRESH)
    assert await since(other, log, 5) == [3]
    assert log.asked == 2


async def test_it_is_read_as_far_back_as_is_needed_and_no_further(
    redis: Redis, clock: FrozenClock, log: Log
) -> None:
    failures = AppFailures(redis, clock)
    assert await since(failures, log, 5) == [3]
    assert await since(failures, log, 30) == [3, 2]
    assert log.asked == 1, "the page went back so far"
    assert await since(failures, log, 31) == [3, 2]
    assert log.asked == 3, "it did not go back further"
    assert await since(failures, log, 3000) == [3, 2, 1]
    assert await since(failures, log, 4000) == [3, 2, 1]
    assert log.asked == 5, "that was all there is"


async def test_where_the_pages_run_out_the_newest_are_known_and_not_read_again(
    redis: Redis, clock: FrozenClock, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_failures, "MOST_PAGES", 1)
    failures = AppFailures(redis, clock)
    for minutes_ago in (3000, 31, 30):
        assert await since(failures, log, minutes_ago) == [3, 2]
    assert log.asked == 1, "it would lead no further"


async def test_without_redis_each_process_reads_for_itself(
    no_redis: Redis, clock: FrozenClock, log: Log
) -> None:
    first, other = AppFailures(no_redis, clock), AppFailures(no_redis, clock)
    assert await since(first, log, 5) == await since(first, log, 5) == [3]
    assert log.asked == 1
    assert await since(other, log, 5) == [3]
    assert log.asked == 2


async def test_where_the_app_has_no_webhook_nothing_has_failed(
    redis: Redis, clock: FrozenClock
) -> None:
    log = Log(refusal=GitHubNotFound())
    assert await since(AppFailures(redis, clock), log, 5) == []


def test_a_comparison_looks_further_back_than_a_reading_is_old() -> None:
    assert FRESH < MARGIN


NAMES = (REPOSITORY, "octo/website", "octo/docs")


@pytest.fixture
async def three(place: Place, ann: Actor, workspace: Json, app: KnownApp) -> list[Json]:
    """Three repositories that are connected through the app, whose webhook speaks of them."""
    for name in NAMES:
        await place.repository(ann, name)
    await install(place, app)
    made = [await connect(ann, workspace, name) for name in NAMES]
    await place.settle()
    for name in NAMES:
        await place.github.push(name, "heard", ["Begin"])
    await place.settle()
    return made


async def lose_pushes(place: Place) -> None:
    """A branch in each repository, of which the webhook could not tell."""
    await place.github.add_fault("drop_deliveries")
    for name in NAMES:
        await place.github.push(name, "lost", ["Begin"])
    await place.settle()
    await place.github.clear_faults()


async def compare(ann: Actor, place: Place, *repositories: Json) -> list[Json]:
    """Compare repositories; what each comparison found."""
    for each in repositories:
        expect(await ann.post(f"/repositories/{each['id']}/reconcile", json={}), 202)
    await place.settle()
    paths = [f"/repositories/{each['id']}/health" for each in repositories]
    return [expect(await ann.get(path), 200)["last_comparison"] for path in paths]


async def left_since(place: Place, repository: Json) -> str | None:
    """Since when failed deliveries are left to the next comparison."""
    [row] = await place.rows(
        "SELECT last_reconciliation FROM git_repositories WHERE id = :id", id=repository["id"]
    )
    found: str | None = row["last_reconciliation"]["left_since"]
    return found


async def test_all_repositories_of_the_app_are_helped_by_one_reading(
    place: Place, ann: Actor, three: list[Json]
) -> None:
    await lose_pushes(place)
    await place.github.forget_requests()
    found = await compare(ann, place, *three)
    assert [each["redelivered"] for each in found] == [2, 2, 2]
    assert len(await place.github.requests(LIST, method="GET")) == 1
    stored = await place.rows("SELECT count(*) AS count FROM webhook_deliveries")
    assert stored[0]["count"] == 12


async def test_what_one_comparison_may_not_ask_for_any_more_the_next_one_asks_for(
    place: Place, ann: Actor, three: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redelivery, "MOST", 1)
    monkeypatch.setattr("taskly.github.syncing.reconciliation.MARGIN", timedelta(0))
    await lose_pushes(place)
    first = [each["redelivered"] for each in await compare(ann, place, three[0])]
    second = [each["redelivered"] for each in await compare(ann, place, three[0])]
    assert (first, second) == ([1], [1])


async def test_failures_beyond_the_pages_that_are_read_keep_no_later_comparison_busy(
    place: Place, ann: Actor, three: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.github.remote.app.PAGE", 1)
    monkeypatch.setattr(app_failures, "MOST_PAGES", 1)
    assert await left_since(place, three[0]) is None
    await lose_pushes(place)
    await compare(ann, place, three[0])
    assert await left_since(place, three[0]) is None


async def test_what_the_apps_limit_does_not_allow_is_left_to_the_next_comparison(
    place: Place, ann: Actor, three: list[Json], app: KnownApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.github.syncing.reconciliation.MARGIN", timedelta(0))
    await lose_pushes(place)
    await place.github.set_rate_limit(f"app {app.id}", 1000)
    [found] = await compare(ann, place, three[0])
    assert (found["redelivered"], found["branches"]) == (0, 0)
    await place.github.set_rate_limit(f"app {app.id}", 4000)
    await place.runtime.redis.delete(f"github:budget:app:{app.id}")
    [found] = await compare(ann, place, three[0])
    assert found["redelivered"] == 2


async def test_an_app_without_a_webhook_promises_no_other_one(
    place: Place, ann: Actor, three: list[Json]
) -> None:
    await place.change("DELETE FROM jobs")
    await place.github.add_fault("errors", path_prefix=LIST, status=404)
    [found] = await compare(ann, place, three[0])
    assert found["redelivered"] == 0
    kinds = await place.rows("SELECT DISTINCT kind FROM jobs")
    assert [row["kind"] for row in kinds] == ["github.reconcile_repository"]
