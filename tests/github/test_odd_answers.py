"""What GitHub should not answer, and does: nothing of it hangs, spreads the token, or goes unsaid."""

import asyncio

import pytest
from redis.asyncio import Redis

from taskly.github.errors import (
    GitHubUnavailable,
)
from taskly.github.remote.transport import MAXIMUM_BYTES, Bearer, Call
from taskly.kit.clock import SystemClock
from taskly.platform.settings import Settings
from tests.github.odd_server import odd_server, saying, transport_to

pytestmark = pytest.mark.anyio


async def test_a_short_pause_that_github_asks_for_is_kept(settings: Settings, redis: Redis) -> None:
    clock = SystemClock()
    moments: list[float] = []

    async def stumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        moments.append(clock.monotonic())
        status, pause = ("503 Busy", "Retry-After: 1\r\n") if len(moments) == 1 else ("200 OK", "")
        writer.write(f"HTTP/1.1 {status}\r\n{pause}Content-Length: 2\r\n\r\n[]".encode())
        await writer.drain()

    async with odd_server(stumble) as (url, _), transport_to(url, settings, redis) as transport:
        answer = await transport.send(Call("GET", "/x", repeatable=True), Bearer.of("token"))
    assert answer.status == 200
    first, second = moments
    assert second - first >= 1


async def test_a_long_pause_that_github_asks_for_is_passed_on(
    settings: Settings, redis: Redis
) -> None:
    words = "HTTP/1.1 503 Busy\nRetry-After: 90\nContent-Length: 0\n\n"
    async with (
        odd_server(saying(words)) as (url, heads),
        transport_to(url, settings, redis) as transport,
    ):
        with pytest.raises(GitHubUnavailable) as caught:
            await transport.send(Call("GET", "/x", repeatable=True), Bearer.of("token"))
    assert caught.value.wait_seconds == 90
    assert caught.value.headers["Retry-After"] == "90"
    assert len(heads) == 1


async def test_a_redirect_to_nowhere_is_githubs_problem(settings: Settings, redis: Redis) -> None:
    for location in ("", "Location: http://[\n", "Location: http://a:b/\n"):
        words = f"HTTP/1.1 301 Moved\n{location}Content-Length: 0\n\n"
        async with (
            odd_server(saying(words)) as (url, _),
            transport_to(url, settings, redis) as transport,
        ):
            with pytest.raises(GitHubUnavailable, match=r"to nowhere|another host"):
                await transport.send(Call("GET", "/x"), Bearer.of("token"))


async def test_a_host_that_answers_nothing_is_left_alone_after_five_times(
    settings: Settings, redis: Redis
) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    async with (
        odd_server(hang_up) as (url, heads),
        transport_to(url, settings, redis) as transport,
    ):
        for _ in range(7):
            with pytest.raises(GitHubUnavailable):
                await transport.send(Call("POST", "/x"), Bearer.of("token"))
        assert len(heads) == 5


async def test_a_silent_server_is_not_waited_for(settings: Settings, redis: Redis) -> None:
    async def stay_silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with (
        odd_server(stay_silent) as (url, _),
        transport_to(url, settings, redis, patience=0.1) as transport,
    ):
        with pytest.raises(GitHubUnavailable):
            await asyncio.wait_for(transport.send(Call("POST", "/x"), Bearer.of("token")), 5)


async def test_an_answer_without_end_is_cut(settings: Settings, redis: Redis) -> None:
    async def pour(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = MAXIMUM_BYTES + 1
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())
        writer.write(b" " * length)
        await writer.drain()

    async with (
        odd_server(pour) as (url, _),
        transport_to(url, settings, redis) as transport,
    ):
        with pytest.raises(GitHubUnavailable, match="too large"):
            await transport.send(Call("GET", "/x"), Bearer.of("token"))


async def test_the_token_never_follows_to_another_host(settings: Settings, redis: Redis) -> None:
    async with odd_server(saying("HTTP/1.1 200 OK\nContent-Length: 2\n\n[]")) as (other, stolen):
        redirect = f"HTTP/1.1 301 Moved\nLocation: {other}/x\nContent-Length: 0\n\n"
        following = f'HTTP/1.1 200 OK\nLink: <{other}/x>; rel="next"\nContent-Length: 2\n\n[]'
        for words in (redirect, following):
            async with (
                odd_server(saying(words)) as (url, _),
                transport_to(url, settings, redis) as transport,
            ):
                with pytest.raises(GitHubUnavailable, match="another host"):
                    await transport.send(Call("GET", "/y"), Bearer.of("token"))
        assert stolen == []
