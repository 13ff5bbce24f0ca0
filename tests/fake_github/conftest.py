"""The stage, and the people on it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import NewApp
from taskly.fake_github.wire.told import App
from tests.fake_github.stage import (
    HOOK_SECRET,
    RECEIVER,
    REPOSITORY,
    Receiver,
    Stage,
    make_hook,
    staged,
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The fake runs on plain asyncio, so that it can cut a connection; so do its tests."""
    return "asyncio"


@pytest.fixture
async def empty_stage() -> AsyncIterator[Stage]:
    """Nobody and nothing."""
    async with staged() as stage:
        yield stage


@pytest.fixture
async def stage(empty_stage: Stage) -> Stage:
    """Octo owns a repository in which Mona may push; a stranger may only look."""
    github = empty_stage.github
    await github.create_user("octo-user", name="Octo User", email="octo@example.com")
    await github.create_user("mona", name="Mona", email="mona@example.com")
    await github.create_user("stranger", email="stranger@example.com")
    owner, name = REPOSITORY.split("/")
    await github.create_repository(owner, name, collaborators={"mona": "push"})
    return empty_stage


@pytest.fixture
def github(stage: Stage) -> FakeGitHub:
    """The driver of the control API."""
    return stage.github


@pytest.fixture
def receiver(stage: Stage) -> Receiver:
    """Where webhooks arrive."""
    return stage.receiver


@pytest.fixture
async def octo(stage: Stage) -> httpx2.AsyncClient:
    """A program that acts for the owner."""
    return stage.client(await stage.github.create_token("octo-user"))


@pytest.fixture
async def mona(stage: Stage) -> httpx2.AsyncClient:
    """A program that acts for somebody who may push."""
    return stage.client(await stage.github.create_token("mona"))


@pytest.fixture
async def stranger(stage: Stage) -> httpx2.AsyncClient:
    """A program that acts for somebody who has nothing to do with the repository."""
    return stage.client(await stage.github.create_token("stranger"))


@pytest.fixture
async def hook(stage: Stage, octo: httpx2.AsyncClient) -> int:
    """A webhook for every event, already greeted; the greeting is forgotten."""
    hook_id = await make_hook(octo)
    await stage.settled()
    stage.receiver.received.clear()
    return hook_id


@pytest.fixture
async def app(stage: Stage) -> App:
    """An app of Octo's that may write code and hears of pushes."""
    return await stage.github.create_app(
        NewApp(
            owner="octo-user",
            name="Taskly Test",
            permissions={"contents": "write", "metadata": "read"},
            events=["push"],
            webhook_url=RECEIVER,
            webhook_secret=HOOK_SECRET,
        )
    )
