"""PostgreSQL or Redis is gone: what does not need it goes on, the rest says so at once and comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from taskly.kit.clock import FrozenClock
from taskly.platform.db.hot import HotPool
from taskly.platform.db.session import Database
from taskly.platform.redis import make_request_redis
from tests.conftest import make_runtime, make_settings
from tests.platform.relay import Relay, relayed
from tests.support.actors import Actor, expect
from tests.support.database import RecordingAnnouncer, clone, engines
from tests.support.servers import Servers
from tests.support.world import World, serving

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True)
class Site:
    """An application whose way to PostgreSQL can be cut."""

    world: World
    relay: Relay
    alice: Actor


@pytest.fixture
async def site(
    app: FastAPI, servers: Servers, template: str, clock: FrozenClock
) -> AsyncIterator[Site]:
    """With pools as an api process has them."""
    async with (
        clone(servers.database_url, template) as url,
        relayed(url) as (relay, way),
    ):
        short = {"statement_timeout_seconds": 0.5}
        settings = make_settings(way, servers.redis_url).model_copy(update=short)
        redis = make_request_redis(servers.redis_url)
        hot = HotPool(settings, application="taskly tests")
        await hot.open()
        async with engines(settings) as (writer, reader):
            database = Database(
                writer, reader, clock=clock, announcer=RecordingAnnouncer(), hot=hot
            )
            async with serving(app, make_runtime(settings, database, redis, clock)) as world:
                yield Site(world, relay, await world.person("alice"))
        await hot.close()
        await redis.aclose()


def assert_is_unavailable(answer: httpx2.Response) -> None:
    """A problem that says when to try again."""
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_postgresql_requests_say_so_and_the_first_after_it_is_answered(
    site: Site,
) -> None:
    alice = site.alice
    board = await alice.board(await alice.workspace())
    card = await alice.card(board)
    before = await alice.snapshot(board["id"])

    site.relay.cut()
    for _ in range(2):
        assert_is_unavailable(await alice.get(f"/boards/{board['id']}"))
        assert_is_unavailable(await alice.get(f"/cards/{card['id']}"))
        assert_is_unavailable(await alice.get("/workspaces"))
        assert_is_unavailable(await alice.post(f"/boards/{board['id']}/cards", json={"title": "x"}))
        assert_is_unavailable(await alice.post(f"/cards/{card['id']}/move", json={"position": 0}))
    ready = await alice.client.get("/api/v1/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
    assert expect(await alice.client.get("/api/v1/health/live"), 200) == {"status": "ok"}

    site.relay.mend()
    assert await alice.snapshot(board["id"]) == before
    assert (await alice.card(board, "After"))["title"] == "After"
    assert expect(await alice.get("/workspaces"), 200)["items"] != []


async def test_a_postgresql_that_dies_between_two_requests_is_an_outage(site: Site) -> None:
    alice = site.alice
    board = await alice.board(await alice.workspace())
    card = await alice.card(board)

    site.relay.say_last_words()
    assert_is_unavailable(await alice.get(f"/boards/{board['id']}"))
    assert_is_unavailable(await alice.get(f"/cards/{card['id']}"))
    assert_is_unavailable(await alice.post(f"/boards/{board['id']}/cards", json={"title": "x"}))

    site.relay.cut()
    site.relay.mend()
    assert (await alice.card(board, "After"))["title"] == "After"


async def test_a_postgresql_that_says_nothing_more_is_not_waited_for_without_end(
    site: Site,
) -> None:
    alice = site.alice
    board = await alice.board(await alice.workspace())
    card = await alice.card(board)

    site.relay.silence()
    answers = await asyncio.gather(
        alice.get(f"/boards/{board['id']}"),
        alice.get("/workspaces"),
        alice.post(f"/boards/{board['id']}/cards", json={"title": "x"}),
        alice.post(f"/cards/{card['id']}/move", json={"position": 0}),
    )
    for answer in answers:
        assert_is_unavailable(answer)

    site.relay.mend()
    assert (await alice.card(board, "After"))["title"] == "After"
    assert len((await alice.snapshot(board["id"]))["cards"]) == 2


async def test_without_redis_everything_is_read_and_written(site: Site, tmp_path: Path) -> None:
    runtime = site.world.runtime
    gone = make_request_redis(f"unix://{tmp_path}/no-redis.sock")
    without = make_runtime(
        runtime.settings, runtime.database, gone, FrozenClock(runtime.clock.now())
    )
    async with serving(site.world.app, without) as world:
        alice = Actor(world.client, site.alice.user_id, site.alice.login, site.alice.token)
        board = await alice.board(await alice.workspace())
        card = await alice.card(board, "First")
        await alice.card(board, "Second")
        await alice.move(card, position=1)
        shown = await alice.snapshot(board["id"])
        assert sorted(card["title"] for card in shown["cards"]) == ["First", "Second"]
        ready = expect(await world.client.get("/api/v1/health/ready"), 200)
        assert ready["redis"].startswith("unreachable: ")
    await gone.aclose()
