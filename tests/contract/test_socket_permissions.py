"""Who may listen: both live endpoints by everybody."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from tests.contract.conftest import Prepared
from tests.contract.tenants import SCOPES
from tests.support.policy import ADMIN, MEMBER, VIEWER
from tests.support.world import World

pytestmark = pytest.mark.anyio

PATIENCE_SECONDS = 60
NOT_SIGNED_IN, NOT_FOUND, HELLO = 4401, 4404, "hello"

ENDPOINTS = ("boards", "workspaces")


async def first_word(app: FastAPI, path: str, token: str | None) -> str | int:
    """What a socket hears first: the kind of a message, or the code with which it is closed."""
    heard: asyncio.Future[str | int] = asyncio.get_running_loop().create_future()
    pending = [{"type": "websocket.connect"}]

    async def receive() -> Any:
        if pending:
            return pending.pop()
        await asyncio.wait([heard])
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send" and not heard.done():
            heard.set_result(json.loads(message["text"])["kind"])
        if message["type"] == "websocket.close" and not heard.done():
            heard.set_result(message["code"])

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "subprotocols": ["taskly.v1"] if token is None else ["taskly.v1", f"bearer.{token}"],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }
    async with asyncio.timeout(PATIENCE_SECONDS):
        await app(scope, receive, send)
    return heard.result()


def address(prepared: Prepared, endpoint: str) -> str:
    """The live endpoint of the tenant's board or workspace."""
    thing = prepared.tenant.board if endpoint == "boards" else prepared.tenant.workspace
    return f"/ws/{endpoint}/{thing['id']}"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("role", [VIEWER, MEMBER, ADMIN])
async def test_everybody_in_the_workspace_may_listen(
    really_served: World, prepared: Prepared, endpoint: str, role: str
) -> None:
    token = prepared.tenant.people[role].actor.token

    assert await first_word(really_served.app, address(prepared, endpoint), token) == HELLO


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("scope", SCOPES)
async def test_a_personal_token_of_any_scope_may_listen(
    really_served: World, prepared: Prepared, endpoint: str, scope: str
) -> None:
    token = prepared.tenant.people[MEMBER].tokens[scope]

    assert await first_word(really_served.app, address(prepared, endpoint), token) == HELLO


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_nobody_in_particular_may_not_listen(
    really_served: World, prepared: Prepared, endpoint: str
) -> None:
    for token in (None, "nonsense"):
        path = address(prepared, endpoint)
        assert await first_word(really_served.app, path, token) == NOT_SIGNED_IN


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_outsider_hears_of_a_stream_what_they_hear_of_none(
    really_served: World, prepared: Prepared, endpoint: str
) -> None:
    token = prepared.stranger.people[ADMIN].actor.token
    for path in (address(prepared, endpoint), f"/ws/{endpoint}/{uuid4()}", f"/ws/{endpoint}/1"):
        assert await first_word(really_served.app, path, token) == NOT_FOUND
