"""What nobody has foreseen is a 500 that can be found in the log, and no outage."""

from collections.abc import AsyncIterator
from typing import NoReturn

import asyncpg
import httpx2
import pytest
from structlog.testing import CapturingLogger

from taskly.api import guard
from taskly.api.app import create_app
from taskly.platform.settings import Settings
from taskly.users import profile
from tests.conftest import make_settings
from tests.support.actors import Actor, expect
from tests.support.world import World, serving

pytestmark = pytest.mark.anyio

PAGE = "https://board.example.org"
ID = "0f6a"


@pytest.fixture
async def listed(world: World, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """An application that a page of another origin may call."""
    fresh = make_settings(settings.required_database_url(), settings.required_redis_url())
    app = create_app(fresh.model_copy(update={"allowed_origins": [PAGE]}))
    async with serving(app, world.runtime) as site:
        site.client.headers["Origin"] = PAGE
        yield site.client


def failing_with(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `GET /me` fail."""

    async def fail(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(profile, "read", fail)


async def test_it_is_answered_with_the_id_under_which_it_is_logged(
    listed: httpx2.AsyncClient, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_with(RuntimeError("nobody thought of this"), monkeypatch)
    logger = CapturingLogger()
    monkeypatch.setattr(guard, "log", logger)

    answer = await listed.get(
        "/api/v1/me", headers={"Authorization": f"Bearer {alice.token}", "X-Request-ID": ID}
    )

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == ID
    assert [(call.method_name, call.args) for call in logger.calls] == [
        ("exception", ("request.failed",))
    ]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


async def test_a_page_of_a_listed_origin_can_read_what_is_refused_unseen(
    listed: httpx2.AsyncClient,
) -> None:
    answer = await listed.get("/api/v1/me", params={"much": "x" * 5000})

    assert expect(answer, 414)["code"] == "uri_too_long"
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (asyncpg.UndefinedColumnError("no such column"), 500),
        (asyncpg.AdminShutdownError("going down"), 503),
        (asyncpg.TooManyConnectionsError("too many"), 503),
        (asyncpg.QueryCanceledError("took too long"), 503),
    ],
)
async def test_what_the_driver_says_is_told_from_an_outage(
    alice: Actor, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    failing_with(error, monkeypatch)

    assert (await alice.get("/me")).status_code == status


@pytest.mark.parametrize(("length", "status"), [("0" * 5000, 200), ("9" * 5000, 413)])
async def test_a_length_of_thousands_of_digits_is_read(
    alice: Actor, length: str, status: int
) -> None:
    answer = await alice.get("/me", headers={"Content-Length": length})

    assert answer.status_code == status
