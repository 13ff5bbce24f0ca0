"""An api process that is asked to stop answers what waits, and ends."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import httpx2
import pytest

from taskly.api.stopping import called_when_stopping
from taskly.embedded.ports import reserved_port
from taskly.platform.settings import Settings
from taskly.users.sign_in_link import new_link
from tests.conftest import KEY, make_settings
from tests.embedded.running import clean_environment
from tests.support.actors import expect
from tests.support.database import clone
from tests.support.servers import Servers
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def test_who_wants_to_know_is_told_and_the_signal_still_does_what_it_did() -> None:
    received: list[int] = []

    def handler(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = signal.signal(signal.SIGTERM, handler)
    told = asyncio.Event()
    try:
        with called_when_stopping(told.set):
            signal.raise_signal(signal.SIGTERM)
            await told.wait()
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]


@pytest.fixture
async def settings_of_a_site(servers: Servers, template: str) -> AsyncIterator[Settings]:
    """Settings for an api process, with a database and a port of its own."""
    async with clone(servers.database_url, template) as url:
        with reserved_port("127.0.0.1", 0, fixed=True) as port:
            yield make_settings(url, servers.redis_url).model_copy(update={"port": port})


@pytest.fixture
def api(tmp_path: Path, settings_of_a_site: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """An api process that may take longer to stop than a poll waits."""
    variables = {
        "DATABASE_URL": settings_of_a_site.required_database_url(),
        "REDIS_URL": settings_of_a_site.required_redis_url(),
        "TASKLY_PORT": str(settings_of_a_site.port),
        "TASKLY_JWT_KEYS": KEY,
        "TASKLY_ENCRYPTION_KEYS": KEY,
        "TASKLY_DRAIN_SECONDS": "60",
    }
    with (tmp_path / "api.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "taskly.api"],
            cwd=tmp_path,
            env=clean_environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    yield process
    process.kill()
    process.wait()


@pytest.fixture
async def alice(
    api: subprocess.Popen[bytes], settings_of_a_site: Settings
) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who is signed in there."""
    address = f"http://127.0.0.1:{settings_of_a_site.port}"
    async with httpx2.AsyncClient(base_url=f"{address}/api/v1", timeout=60) as client:

        async def answers() -> bool:
            assert api.poll() is None, "the api ended"
            try:
                return (await client.get("/health/live")).is_success
            except httpx2.TransportError:
                return False

        await until(answers)
        link = urlsplit(await new_link(settings_of_a_site, "alice"))
        tokens = expect(await client.post(f"{address}{link.path}?{link.query}"), 200)
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client


async def test_a_request_that_waits_for_events_is_answered_when_its_process_is_to_stop(
    api: subprocess.Popen[bytes], alice: httpx2.AsyncClient
) -> None:
    workspace = expect(await alice.post("/workspaces", json={"name": "Payments"}), 201)
    path = f"/workspaces/{workspace['id']}/boards"
    board = expect(await alice.post(path, json={"name": "Shop"}), 201)

    polling = asyncio.create_task(
        alice.get(f"/boards/{board['id']}/events?after={board['version']}")
    )
    await asyncio.sleep(0)
    expect(await alice.get("/me"), 200)  # What came before this request has been read.
    assert not polling.done()
    api.send_signal(signal.SIGTERM)

    answer = expect(await polling, 200)
    assert answer == {"version": board["version"], "reset": False, "events": []}
    # uvicorn ends in order, and then by the signal that it was sent.
    assert await asyncio.to_thread(api.wait, 60) == -signal.SIGTERM
