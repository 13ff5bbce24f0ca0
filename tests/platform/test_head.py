"""HEAD, as monitors and proxies use it."""

import pytest

from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_it_gives_the_headers_of_get_without_a_body(world: World, alice: Actor) -> None:
    board = await alice.board(await alice.workspace())
    for client, path in (
        (world.client, "/api/v1/health/live"),
        (world.client, "/api/openapi.json"),
        (world.client, "/"),
    ):
        whole = await client.get(path)
        head = await client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == str(len(whole.content))
    token = {"Authorization": f"Bearer {alice.token}"}
    snapshot = await world.client.head(f"/api/v1/boards/{board['id']}", headers=token)
    assert snapshot.headers["ETag"].startswith(f'"{board["version"]}.')


async def test_it_is_refused_where_there_is_nothing_to_get(world: World) -> None:
    assert (await world.client.head("/api/v1/auth/logout")).status_code == 405
