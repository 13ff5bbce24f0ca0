"""Limits of requests: exact, told in headers, shared by processes, and open when Redis is down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from taskly.platform.http.rate_limits import BLOCK, Bucket, Limit, Limiter, TooManyRequests
from taskly.platform.redis import make_request_redis
from tests.support.actors import Actor, expect
from tests.support.world import BASE_URL, World, serving

pytestmark = pytest.mark.anyio

Sender = Callable[[], Awaitable[int]]
"""Sends a request; how many are left then."""

LIMITS = {
    "rate_limit_person": 2,
    "rate_limit_address": 4,
    "rate_limit_sign_in": 1,
    "rate_limit_costly": 1,
}


@pytest.fixture
async def limited(world: World) -> AsyncIterator[World]:
    """The application with small limits."""
    settings = world.runtime.settings.model_copy(update=LIMITS)
    async with serving(world.app, replace(world.runtime, settings=settings)) as running:
        yield running


async def as_often_as_possible(actor: Actor) -> int:
    """How many requests pass before one is refused."""
    passed = 0
    while (await actor.get("/me")).status_code == 200:
        passed += 1
    return passed


def clock_of(world: World) -> FrozenClock:
    """The clock of the test."""
    assert isinstance(world.clock, FrozenClock)
    return world.clock


async def test_three_minutes_worth_may_come_at_once_and_then_so_many_a_minute(
    limited: World, alice: Actor
) -> None:
    alice = Actor(limited.client, alice.user_id, alice.login, alice.token)
    assert await as_often_as_possible(alice) == 6
    refused = await alice.get("/me")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "30"
    assert refused.json()["violated-policies"] == ["person"]
    assert refused.headers["RateLimit"] == '"person";r=0;t=180, "address";r=6;t=90'
    clock_of(limited).advance(timedelta(seconds=29))
    assert await as_often_as_possible(alice) == 0
    clock_of(limited).advance(timedelta(seconds=1))
    assert await as_often_as_possible(alice) == 1
    clock_of(limited).advance(timedelta(minutes=3))
    assert await as_often_as_possible(alice) == 6


async def test_answers_tell_how_much_is_left(limited: World, alice: Actor) -> None:
    alice = Actor(limited.client, alice.user_id, alice.login, alice.token)
    await alice.get("/me")
    answer = await alice.get("/me")
    assert answer.headers["RateLimit-Policy"] == '"person";q=6;w=180, "address";q=12;w=180'
    assert answer.headers["RateLimit"] == '"person";r=4;t=60, "address";r=10;t=30'


async def test_people_and_tokens_have_a_bucket_each_and_share_that_of_their_address(
    limited: World, alice: Actor, bob: Actor
) -> None:
    made = expect(await alice.post("/me/tokens", json={"name": "script", "scopes": ["read"]}), 201)
    people = [
        Actor(limited.client, alice.user_id, "alice", token)
        for token in (alice.token, made["token"])
    ]
    # She made the token herself, which was the first of her six.
    assert [await as_often_as_possible(person) for person in people] == [5, 6]
    # Twelve have passed from the address by now: nobody else passes from there.
    other = Actor(limited.client, bob.user_id, "bob", bob.token)
    refused = await other.get("/me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "15")


async def test_nobody_guesses_at_secrets_often(limited: World) -> None:
    answers = [
        await limited.client.post("/api/v1/auth/refresh", json={"refresh_token": "guess"})
        for _ in range(4)
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].headers["Retry-After"] == "60"


async def test_who_is_not_signed_in_is_counted_by_address(limited: World) -> None:
    answers = [await limited.client.get("/api/v1/me") for _ in range(13)]
    assert [answer.status_code for answer in answers] == [401] * 12 + [429]


async def test_what_costs_much_is_counted_by_person_whatever_token_it_is_done_with(
    limited: World, alice: Actor
) -> None:
    alice = Actor(limited.client, alice.user_id, alice.login, alice.token)
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/audit/export"
    body = {"name": "script", "scopes": ["read", "admin"]}
    made = expect(await alice.post("/me/tokens", json=body), 201)
    script = Actor(limited.client, alice.user_id, "alice", made["token"])
    assert [(await who.get(path)).status_code for who in (alice, script, alice)] == [200] * 3
    refused = await script.get(path)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert refused.json()["violated-policies"] == ["costly"]


async def test_release_notes_cost_much(limited: World, alice: Actor) -> None:
    alice = Actor(limited.client, alice.user_id, alice.login, alice.token)
    board = await alice.board(await alice.workspace())
    path = f"/boards/{board['id']}/release-notes?from=2026-11-23"
    statuses = [(await alice.get(path)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("addresses", "statuses"),
    [
        (("2001:db8::1", "2001:db8::2:1"), [429, 429]),
        (("2001:db8::1", "2001:db8:0:1::1"), [429, 401]),
        (("::ffff:192.0.2.1", "192.0.2.1"), [429, 429]),
        (("::ffff:192.0.2.1", "::ffff:192.0.2.2"), [429, 401]),
    ],
)
async def test_a_site_counts_as_one_address(
    limited: World, addresses: tuple[str, str], statuses: list[int]
) -> None:
    async def ask(address: str) -> int:
        transport = httpx2.ASGITransport(limited.app, client=(address, 1))
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            return (await client.get("/api/v1/me")).status_code

    assert [await ask(addresses[0]) for _ in range(12)] == [401] * 12
    assert [await ask(address) for address in addresses] == statuses


async def test_without_a_limit_nothing_is_counted_or_told(alice: Actor) -> None:
    answer = await alice.get("/me")
    assert "RateLimit" not in answer.headers


def counting(redis: Redis, clock: FrozenClock, *, per_minute: int = 100) -> Sender:
    """One process, and somebody who sends requests to it."""
    limiter, bucket = Limiter(redis, clock), Bucket(Limit("person", per_minute), "alice")

    async def send() -> int:
        return (await limiter.take([bucket]))[0].remaining

    return send


async def passed(*senders: Sender, times: int) -> int:
    """How many of so many requests pass, sent to the processes in turn."""
    count = 0
    for _ in range(times):
        for send in senders:
            try:
                await send()
                count += 1
            except TooManyRequests:
                continue
    return count


async def test_two_processes_share_a_bucket(redis: Redis, clock: FrozenClock) -> None:
    senders = [counting(redis, clock) for _ in range(2)]
    assert await passed(*senders, times=200) == 300


async def test_requests_that_come_at_once_count_once_each(redis: Redis, clock: FrozenClock) -> None:
    here = counting(redis, clock)
    for turn in (1, 2, 3):
        await asyncio.gather(*(here() for _ in range(50)))
        left = 300 - 50 * turn - turn
        assert left - BLOCK < await counting(redis, clock)() <= left


async def test_whoever_keeps_the_pace_loses_nothing(redis: Redis, clock: FrozenClock) -> None:
    send = counting(redis, clock)
    for _ in range(200):
        assert 298 <= await send() <= 300
        clock.advance(timedelta(seconds=0.7))


async def test_what_a_process_holds_back_is_little_and_comes_back(
    redis: Redis, clock: FrozenClock
) -> None:
    here, there = counting(redis, clock), counting(redis, clock)
    assert [await here(), await here()] == [299, 298]
    assert await there() == 300 - 1 - BLOCK - 1
    clock.advance(timedelta(seconds=1))
    assert await here() == 300 - 4 + 1


async def test_a_request_that_one_limit_refuses_counts_in_none(
    redis: Redis, clock: FrozenClock
) -> None:
    limiter = Limiter(redis, clock)
    wide, narrow = Bucket(Limit("wide", 60), "alice"), Bucket(Limit("narrow", 1), "alice")
    for _ in range(3):
        await limiter.take([wide, narrow])
    with pytest.raises(TooManyRequests) as refused:
        await limiter.take([wide, narrow])
    assert refused.value.members == {"violated-policies": ["narrow"]}
    assert [each.header for each in refused.value.standings][-1:] == ['"narrow";r=0;t=180']
    assert [each.remaining for each in await limiter.take([wide])] == [176]


@given(
    pauses=st.lists(st.integers(0, 2500), min_size=1, max_size=60),
    processes=st.integers(1, 3),
    per_minute=st.sampled_from([1, 7, 60, 100]),
)
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_no_more_pass_than_the_pace_and_the_burst_allow(
    redis: Redis, pauses: list[int], processes: int, per_minute: int
) -> None:
    await redis.flushdb()
    clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
    senders = [counting(redis, clock, per_minute=per_minute) for _ in range(processes)]
    count = 0
    for turn, pause in enumerate(pauses, start=1):
        clock.advance(timedelta(milliseconds=pause))
        count += await passed(*senders, times=10)
        allowed = per_minute * (3 + clock.monotonic() / 60)
        assert count <= allowed + 1e-6
        # What processes hold back is all that people may lack.
        asked = 10 * processes * turn
        assert count >= min(asked, per_minute * 3) - processes * BLOCK


async def test_nobody_is_held_up_while_redis_is_down(clock: FrozenClock) -> None:
    nowhere = make_request_redis("redis://127.0.0.1:1/0")
    limiter, bucket = Limiter(nowhere, clock), Bucket(Limit("person", 1), "alice")
    before = opened()
    assert [await limiter.take([bucket]) for _ in range(5)] == [[]] * 5
    clock.advance(timedelta(seconds=1))
    assert await limiter.take([bucket]) == []
    assert opened() - before == 2
    await nowhere.aclose()


def opened() -> float:
    """How often nothing was counted, as Prometheus is told."""
    value = REGISTRY.get_sample_value("taskly_rate_limit_open_total")
    assert value is not None
    return value
