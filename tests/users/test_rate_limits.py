"""Limits of requests: exact, told in headers, shared by processes, and open when Redis is down."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from taskly.platform.http.rate_limits import BLOCK, Limit, Limiter, TooManyRequests
from taskly.platform.redis import make_request_redis
from tests.support.actors import Actor, expect
from tests.support.world import World, serving

pytestmark = pytest.mark.anyio

LIMITS = {"rate_limit_person": 2, "rate_limit_address": 4, "rate_limit_sign_in": 1}


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
    # The address has sent twelve by now: nobody passes from there.
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


async def test_without_a_limit_nothing_is_counted_or_told(alice: Actor) -> None:
    answer = await alice.get("/me")
    assert "RateLimit" not in answer.headers


async def test_two_processes_share_a_bucket(redis: Redis, clock: FrozenClock) -> None:
    limit = Limit("person", 100)
    limiters = [Limiter(redis, clock) for _ in range(2)]
    passed = 0
    for _ in range(200):
        for limiter in limiters:
            try:
                await limiter.take(limit, "alice")
                passed += 1
            except TooManyRequests:
                continue
    assert passed == limit.quota


async def test_what_a_process_took_and_did_not_use_is_little(
    redis: Redis, clock: FrozenClock
) -> None:
    limit, limiter = Limit("person", 100), Limiter(redis, clock)
    for _ in range(2):
        await limiter.take(limit, "alice")
    other = await Limiter(redis, clock).take(limit, "alice")
    assert other is not None
    assert other.remaining == limit.quota - 1 - BLOCK - 1


async def test_nobody_is_held_up_while_redis_is_down(clock: FrozenClock) -> None:
    nowhere = make_request_redis("redis://127.0.0.1:1/0")
    limiter = Limiter(nowhere, clock)
    assert [await limiter.take(Limit("person", 1), "alice") for _ in range(5)] == [None] * 5
    await nowhere.aclose()
