"""Asking GitHub: bounded, patient, never twice what may not be repeated, never past a limit."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from taskly.fake_github.driver import FakeGitHub
from taskly.github.errors import (
    BranchExists,
    GitHubForbids,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubTokenRefused,
    GitHubUnavailable,
)
from taskly.github.remote.client import GitHub
from taskly.github.remote.gate import CLOSED_SECONDS, Gate, LocalMemory, Memory, SharedMemory
from taskly.github.remote.transport import Bearer, Transport
from taskly.github.remote.understanding import PAGE
from taskly.kit.clock import FrozenClock
from taskly.platform.redis import make_request_redis
from taskly.platform.settings import Settings
from tests.github.odd_server import transport_to

pytestmark = pytest.mark.anyio

REPOSITORY = "octo/payments"


@pytest.fixture
async def token(github: FakeGitHub) -> str:
    """Ann's token; she owns `octo/payments`."""
    await github.create_user("octo", kind="Organization")
    await github.create_user("ann")
    await github.create_repository("octo", "payments")
    await github.set_access(REPOSITORY, "ann", "admin")
    return await github.create_token("ann", ["repo", "admin:repo_hook"])


@pytest.fixture
async def transport(
    github: FakeGitHub, settings: Settings, redis: Redis
) -> AsyncIterator[Transport]:
    """The transport to the fake GitHub."""
    async with transport_to(github.api_url, settings, redis) as opened:
        yield opened


async def test_an_unchanged_answer_is_asked_for_by_its_tag(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    first = await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)
    await github.forget_requests()
    assert await GitHub(transport, Bearer.of(token)).repository(REPOSITORY) == first
    [request] = await github.requests()
    assert request.status == 304
    await github.advance_clock(60)
    await github.push(REPOSITORY, "main", actor="ann")
    changed = await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)
    assert changed.pushed_at != first.pushed_at


async def test_reading_is_repeated_when_github_stumbles(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    await github.add_fault("errors", times=2, status=502)
    found = await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)
    assert found.full_name == REPOSITORY
    assert [request.status for request in await github.requests()] == [502, 502, 200]


async def test_making_something_is_not_repeated(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    client = GitHub(transport, Bearer.of(token))
    sha = await client.branch_sha(REPOSITORY, "main")
    assert sha is not None
    await github.forget_requests()
    await github.add_fault("errors", times=1, status=502)
    with pytest.raises(GitHubUnavailable):
        await client.create_branch(REPOSITORY, "feature", sha)
    assert len(await github.requests()) == 1
    await client.create_branch(REPOSITORY, "feature", sha)
    with pytest.raises(BranchExists):
        await client.create_branch(REPOSITORY, "feature", sha)


async def test_refusals_say_what_they_are(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    client = GitHub(transport, Bearer.of(token))
    with pytest.raises(GitHubNotFound):
        await client.repository("octo/nothing")
    assert await client.branch_sha(REPOSITORY, "nothing") is None
    with pytest.raises(GitHubTokenRefused):
        await GitHub(transport, Bearer.of("ghp_wrong")).repository(REPOSITORY)
    await github.set_access(REPOSITORY, "ann", "pull")
    with pytest.raises((GitHubForbids, GitHubNotFound)):
        await client.create_branch(REPOSITORY, "feature", "0" * 40)


async def test_no_request_goes_out_while_the_token_is_limited(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    await github.add_fault("limited", times=1, retry_after=60, login="ann")
    client = GitHub(transport, Bearer.of(token))
    with pytest.raises(GitHubRateLimited) as first:
        await client.repository(REPOSITORY)
    assert 59 <= first.value.wait_seconds <= 60
    await github.forget_requests()
    for _ in range(3):
        with pytest.raises(GitHubRateLimited):
            await client.repository(REPOSITORY)
    assert await github.requests() == []
    await github.create_user("bob")
    bobs = await github.create_token("bob", ["repo"])
    assert (await GitHub(transport, Bearer.of(bobs)).repository(REPOSITORY)).full_name == REPOSITORY


async def test_the_last_free_request_is_answered_and_the_next_one_waits_for_the_reset(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    client = GitHub(transport, Bearer.of(token))
    await github.set_rate_limit("ann", 1, resets_in_seconds=600)
    assert (await client.repository(REPOSITORY)).full_name == REPOSITORY
    await github.forget_requests()
    with pytest.raises(GitHubRateLimited) as limited:
        await client.repository("octo/other")
    assert 590 <= limited.value.wait_seconds <= 600
    assert str(limited.value) == "GitHub's limit is reached; it is free again in 10 minutes."
    assert await github.requests() == []


@pytest.mark.parametrize("shared", [True, False], ids=["in Redis", "alone"])
async def test_a_limit_without_a_time_is_waited_for_longer_each_time(
    redis: Redis, clock: FrozenClock, shared: bool
) -> None:
    memory: Memory = SharedMemory(redis) if shared else LocalMemory()
    gate = Gate(memory, clock)
    waits = []
    for _ in range(8):
        problem = await gate.limited("token", None)
        waits.append(problem.wait_seconds)
        clock.advance(timedelta(seconds=problem.wait_seconds))
        await gate.admit("host", "token")
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]


@pytest.mark.parametrize("shared", [True, False], ids=["in Redis", "alone"])
async def test_five_failures_close_the_host_and_one_probe_opens_it_again(
    redis: Redis, clock: FrozenClock, shared: bool
) -> None:
    memory: Memory = SharedMemory(redis) if shared else LocalMemory()
    gate = Gate(memory, clock)
    for _ in range(5):
        await gate.admit("host", "token")
        await gate.failed("host")
    with pytest.raises(GitHubUnavailable) as closed:
        await gate.admit("host", "token")
    assert closed.value.headers["Retry-After"] == str(CLOSED_SECONDS + 1)
    await gate.admit("another host", "token")
    clock.advance(timedelta(seconds=CLOSED_SECONDS))
    probe = await gate.admit("host", "token")
    for _ in range(20):
        with pytest.raises(GitHubUnavailable):
            await gate.admit("host", "token")
    await gate.answered("host", probe)
    for _ in range(20):
        await gate.admit("host", "token")


async def test_without_redis_a_process_goes_by_what_it_learned_itself(
    clock: FrozenClock,
) -> None:
    absent = make_request_redis("redis://127.0.0.1:1/0")
    gate = Gate(SharedMemory(absent), clock)
    verdict = await gate.admit("host", "token")
    await gate.answered("host", verdict)
    await gate.limited("token", clock.now() + timedelta(seconds=9))
    with pytest.raises(GitHubRateLimited):
        await gate.admit("host", "token")
    for _ in range(5):
        await gate.failed("host")
    with pytest.raises(GitHubUnavailable):
        await gate.admit("host", "another")
    await absent.aclose()


async def test_a_renamed_repository_is_followed_on_the_same_host(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    await github.rename_repository(REPOSITORY, "money")
    found = await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)
    assert found.full_name == "octo/money"


async def test_senseless_answers_are_githubs_problem(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    await github.add_fault("garbage", times=1)
    with pytest.raises(GitHubUnavailable):
        await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)


async def test_pages_are_followed_to_the_end(
    github: FakeGitHub, transport: Transport, token: str
) -> None:
    wanted = {"main", *(f"branch-{number}" for number in range(PAGE))}
    for name in wanted - {"main"}:
        await github.create_branch(REPOSITORY, name)
    client = GitHub(transport, Bearer.of(token))
    names, complete = await client.branches(REPOSITORY, pages=5)
    assert complete
    assert set(names) == wanted
    assert (await client.branches(REPOSITORY, pages=1))[1] is False


async def test_what_is_remembered_of_a_token_does_not_give_it_away(
    github: FakeGitHub, transport: Transport, redis: Redis, token: str
) -> None:
    await GitHub(transport, Bearer.of(token)).repository(REPOSITORY)
    await github.add_fault("limited", times=1, retry_after=60)
    with pytest.raises(GitHubRateLimited):
        await GitHub(transport, Bearer.of(token)).repository("octo/other")
    keys = await redis.keys("*")
    assert {f"{key!r}".split(":")[1] for key in keys} == {"answer", "budget", "token"}
    for key in keys:
        kind = await redis.type(key)
        held = await redis.get(key) if kind == b"string" else await redis.hgetall(key)
        assert token not in f"{key!r}{held!r}"


def test_a_reached_limit_is_told_in_minutes() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for seconds, words in ((1, "1 minute."), (60, "1 minute."), (61, "2 minutes.")):
        problem = GitHubRateLimited(now + timedelta(seconds=seconds), now)
        assert str(problem).endswith(words)
        assert problem.headers["Retry-After"] == str(seconds)
