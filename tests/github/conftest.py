"""Taskly beside the fake GitHub."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.told import Installation, KnownApp
from taskly.platform.redis import make_request_redis
from taskly.platform.settings import Settings
from tests.conftest import make_settings
from tests.github.app_place import connect, install, make_app
from tests.github.place import Place, Webhook, open_place
from tests.support.actors import Actor, Json
from tests.support.database import Databases
from tests.support.servers import Servers


@pytest.fixture
async def place_settings(
    servers: Servers, databases: Databases, github: FakeGitHub
) -> AsyncIterator[Settings]:
    """Settings for an application on a database of its own, beside this GitHub."""
    async with databases.lend() as url:
        settings = make_settings(url, servers.redis_url)
        yield settings.model_copy(
            update={"github_api_url": github.api_url, "github_web_url": github.web_url}
        )


@pytest.fixture
async def place(
    place_settings: Settings, github: FakeGitHub, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    """Taskly, served; its Redis is empty, for other tests had the same GitHub.

    GitHub is asked once more only when a test hurries, however long its steps take.
    """
    for later in ("learning.learning.ONCE_MORE", "syncing.reconciliation.TO_FIND_OUT"):
        monkeypatch.setattr(f"taskly.github.{later}", timedelta(hours=1))
    async with open_place(place_settings, github) as running:
        yield running


@pytest.fixture
async def no_redis() -> AsyncIterator[Redis]:
    """A Redis that is not there."""
    client = make_request_redis("redis://127.0.0.1:1/0")
    yield client
    await client.aclose()


@pytest.fixture
async def ann(place: Place) -> Actor:
    """Somebody with an account at GitHub, signed in."""
    return await place.person("ann")


@pytest.fixture
async def workspace(ann: Actor) -> Json:
    """Ann's workspace."""
    return await ann.workspace()


@pytest.fixture
async def board(ann: Actor, workspace: Json) -> Json:
    """Ann's board: To Do, In Progress, In Review, Done; its key is PAY."""
    return await ann.board(workspace, key="PAY")


@pytest.fixture
async def connected(place: Place, ann: Actor, workspace: Json) -> Json:
    """A connected repository, `octo/payments`."""
    return await place.connected(ann, workspace)


@pytest.fixture
async def webhook(place: Place, connected: Json) -> Webhook:
    """The webhook of the connected repository; what GitHub sent so far is forgotten."""
    await place.change("DELETE FROM webhook_deliveries")
    await place.change("DELETE FROM jobs")
    return await place.webhook(connected)


@pytest.fixture
async def app(place: Place) -> KnownApp:
    """The GitHub App, made on its page."""
    return await make_app(place)


@pytest.fixture
async def installation(place: Place, ann: Actor, app: KnownApp) -> Installation:
    """The app on the organisation in which Ann administers `octo/payments`."""
    await place.repository(ann)
    installed = await install(place, app)
    await place.settle()
    return installed


@pytest.fixture
async def by_app(place: Place, ann: Actor, workspace: Json, installation: Installation) -> Json:
    """`octo/payments`, connected through the app and synchronised."""
    made = await connect(ann, workspace)
    await place.settle()
    return made


@pytest.fixture
def ledger_path(connected: Json) -> str:
    """Where the repository's deliveries are listed."""
    return f"/repositories/{connected['id']}/deliveries"
