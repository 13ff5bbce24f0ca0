"""Handing jobs to the broker: quick, harmless, and never in anybody's way."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from celery import Celery
from redis.asyncio import Redis

from taskly.kit.ids import new_id
from taskly.platform.broker import broker_address, make_broker, queue_key
from taskly.platform.events.handover import CeleryHandover, WakeUp
from taskly.platform.events.outbox import Promise
from taskly.platform.settings import Settings
from tests.worker.processes import RedisServer
from tests.worker.sample_jobs import Failing, Note

pytestmark = pytest.mark.anyio


@pytest.fixture
async def handover(settings: Settings) -> AsyncIterator[CeleryHandover]:
    opened = CeleryHandover(settings)
    yield opened
    opened.close()


@pytest.fixture
def settings(redis_server: RedisServer) -> Settings:
    return Settings(redis_url=redis_server.url)


def waiting(redis_server: RedisServer, queue: str) -> list[str]:
    with redis_server.client() as client:
        return [str(message) for message in client.lrange(queue_key(queue), 0, -1)]


async def test_each_job_goes_to_the_queue_of_its_kind(
    handover: CeleryHandover, redis_server: RedisServer
) -> None:
    note, failing = Promise(new_id(), Note(), None, None), Promise(new_id(), Failing(), None, None)

    await handover.hand_over([note, failing])

    (bulk,), (webhooks,) = waiting(redis_server, "bulk"), waiting(redis_server, "webhooks")
    assert str(note.id) in json.loads(bulk)["headers"]["argsrepr"]
    assert str(failing.id) in json.loads(webhooks)["headers"]["argsrepr"]


async def test_a_message_holds_the_job_s_id_and_nothing_of_the_job(
    handover: CeleryHandover, redis_server: RedisServer
) -> None:
    await handover.hand_over([Promise(new_id(), Note(note="canary"), None, None)])

    (message,) = waiting(redis_server, "bulk")
    assert "canary" not in message


async def test_a_unix_socket_serves_as_well(redis_server: RedisServer) -> None:
    handover = CeleryHandover(Settings(redis_url=f"unix://{redis_server.socket}?db=0"))

    reached = await handover.wake([WakeUp(new_id(), "bulk")])

    handover.close()
    assert len(reached) == 1
    assert len(waiting(redis_server, "bulk")) == 1


async def test_a_frozen_redis_holds_nobody_up(
    handover: CeleryHandover, redis_server: RedisServer
) -> None:
    wake_up = WakeUp(new_id(), "bulk")
    await handover.wake([wake_up])
    redis_server.freeze()
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.05)

    turning = asyncio.create_task(turn())
    async with asyncio.timeout(5):
        reached = await handover.wake([WakeUp(new_id(), "bulk")])
        await handover.wake([WakeUp(new_id(), "bulk")])
    turning.cancel()

    assert reached == frozenset()
    assert turns > 20, "the event loop stood still"


async def test_it_works_again_when_redis_is_back(
    handover: CeleryHandover, redis_server: RedisServer
) -> None:
    wake_up = WakeUp(new_id(), "bulk")
    await handover.wake([wake_up])
    redis_server.kill()
    assert await handover.wake([wake_up]) == frozenset()
    redis_server.start()

    assert await handover.wake([wake_up]) == {wake_up.job_id}
    assert str(wake_up.job_id) in waiting(redis_server, "bulk")[0]


@pytest.mark.parametrize(
    ("ours", "kombus"),
    [
        ("redis://:secret@10.0.0.1:6380/2", "redis://:secret@10.0.0.1:6380/2"),
        ("rediss://cache.example/0", "rediss://cache.example/0?ssl_cert_reqs=required"),
        (
            "rediss://cache.example/0?ssl_cert_reqs=none",
            "rediss://cache.example/0?ssl_cert_reqs=none",
        ),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix://:pw@/run/redis.sock?db=3", "redis+socket://:pw@/run/redis.sock?virtual_host=3"),
    ],
)
def test_addresses_are_written_in_kombu_s_words(ours: str, kombus: str) -> None:
    assert broker_address(ours) == kombus


async def test_the_socket_s_password_and_database_reach_redis(redis_server: RedisServer) -> None:
    async with Redis(port=redis_server.port) as client:
        await client.config_set("requirepass", "pa:ss word")
        url = f"unix://:pa%3Ass%20word@{redis_server.socket}?db=5"
        handover = CeleryHandover(Settings(redis_url=url))
        reached = await handover.wake([WakeUp(new_id(), "bulk")])
        handover.close()
    async with Redis(port=redis_server.port, db=5, password="pa:ss word") as client:
        length = await client.llen(queue_key("bulk"))
        await client.config_set("requirepass", "")

    assert (len(reached), length) == (1, 1)


def test_nothing_but_json_is_taken_and_nothing_is_kept(settings: Settings) -> None:
    broker: Celery = make_broker(settings)

    assert broker.conf.accept_content == ["json"]
    assert broker.conf.task_ignore_result is True
    assert broker.conf.result_backend is None


def test_the_visibility_time_out_stands_wherever_celery_looks(settings: Settings) -> None:
    conf = make_broker(settings).conf

    assert conf.visibility_timeout == 60
    assert conf.broker_transport_options["visibility_timeout"] == 60
    assert conf.result_backend_transport_options["visibility_timeout"] == 60
