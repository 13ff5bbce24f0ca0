"""Who a client is, behind proxies and in front of them."""

from collections.abc import AsyncIterator, Sequence

import httpx2
import pytest
from fastapi import FastAPI

from taskly.api.app import create_app
from tests.support.actors import Actor, expect
from tests.support.world import BASE_URL, World, serving

pytestmark = pytest.mark.anyio

PROXIES = ["10.0.0.0/24", "2001:db8::7/128"]


@pytest.fixture
async def behind(world: World) -> AsyncIterator[FastAPI]:
    """The application behind proxies that it trusts."""
    settings = world.runtime.settings.model_copy(update={"trusted_proxies": PROXIES})
    app = create_app(settings)
    async with serving(app, world.runtime):
        yield app


async def seen(app: FastAPI, world: World, peer: str, forwarded: Sequence[str]) -> str:
    """The address that the audit log shows of somebody who makes a token from there."""
    person = await world.person("visitor")
    transport = httpx2.ASGITransport(app, client=(peer, 1))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        visitor = Actor(client, person.user_id, person.login, person.token)
        headers = [
            ("Authorization", f"Bearer {person.token}"),
            *(("X-Forwarded-For", line) for line in forwarded),
        ]
        body = {"name": "script", "scopes": ["read"]}
        answer = await client.post("/api/v1/me/tokens", json=body, headers=headers)
        expect(answer, 201)
        entries = expect(await visitor.get("/me/audit"), 200)["items"]
    return str(entries[0]["address"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.7", ["192.0.2.1"], "192.0.2.1"),
        ("2001:db8::7", ["2001:db8:1::1"], "2001:db8:1::1"),
        ("10.0.0.7", ["198.51.100.9, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.7", ["198.51.100.9", "192.0.2.1"], "192.0.2.1"),
        ("10.0.0.7", ["198.51.100.9, 192.0.2.1, 10.0.0.8"], "192.0.2.1"),
        ("10.0.0.7", [], "10.0.0.7"),
        ("10.0.1.7", ["192.0.2.1"], "10.0.1.7"),
        ("127.0.0.1", ["192.0.2.1"], "127.0.0.1"),
    ],
)
async def test_only_trusted_proxies_say_who_comes_through_them(
    behind: FastAPI, world: World, peer: str, forwarded: list[str], client: str
) -> None:
    assert await seen(behind, world, peer, forwarded) == client


async def test_nobody_is_believed_by_default(world: World) -> None:
    assert await seen(world.app, world, "127.0.0.1", ["192.0.2.1"]) == "127.0.0.1"


async def test_who_comes_through_a_proxy_on_this_machine_is_not_the_operator(world: World) -> None:
    settings = world.runtime.settings.model_copy(update={"trusted_proxies": ["127.0.0.1"]})
    app = create_app(settings)
    async with serving(app, world.runtime) as running:
        for client in ("192.0.2.1", "unknown"):
            answer = await running.client.get(
                "/api/v1/metrics", headers={"X-Forwarded-For": client}
            )
            assert answer.status_code == 403
        assert (await running.client.get("/api/v1/metrics")).status_code == 200
