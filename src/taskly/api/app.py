"""The application: what one api process opens, serves and closes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from taskly import __version__
from taskly.api.bodies import BodyLimits
from taskly.api.errors import install_error_handlers
from taskly.api.frame import RequestFrame
from taskly.api.guard import RequestGuard
from taskly.api.openapi import DocumentedAPI
from taskly.api.pages import OPENAPI_PATH
from taskly.api.router import all_routes
from taskly.api.stopping import called_when_stopping
from taskly.boards import subscribers as boards_subscribers
from taskly.boards.repository import COLUMNS, LABELS, SnapshotQuery
from taskly.boards.snapshots import Snapshots
from taskly.cards import subscribers as cards_subscribers
from taskly.cards.repository import CARDS
from taskly.github import subscribers as github_subscribers
from taskly.github.repository import BRANCHES, PULL_REQUESTS
from taskly.github.urls import WEBHOOK_PATH
from taskly.imports.endpoints import FILES_PATH
from taskly.notifications import subscribers as notifications_subscribers
from taskly.platform.realtime.endpoints import open_hub
from taskly.platform.realtime.hub import Hub
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings, load_settings
from taskly.reports import subscribers as reports_subscribers
from taskly.sprints.repository import SPRINTS
from taskly.transfer.endpoints import IMPORT_PATH
from taskly.webhooks import subscribers as webhooks_subscribers

BOARD = SnapshotQuery([COLUMNS, LABELS, SPRINTS, CARDS, BRANCHES, PULL_REQUESTS])
"""What a board's snapshot is made of: each domain's part, put together here."""

REACTIONS = (
    boards_subscribers,
    cards_subscribers,
    github_subscribers,
    notifications_subscribers,
    reports_subscribers,
    webhooks_subscribers,
)
"""Whoever answers the changes of other domains; importing these modules declares it."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application of one api process.

    Raises:
        SettingsError: the environment does not describe a program that may start.
    """
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            open_runtime(settings, application="taskly api") as runtime,
            open_hub(runtime) as hub,
        ):
            serve(app, runtime, hub)
            with called_when_stopping(hub.stop_waiting):
                yield

    app = DocumentedAPI(
        title="Taskly",
        version=__version__,
        summary="A project board that drives a GitHub repository and is driven by it.",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.routes.extend(all_routes())
    install_error_handlers(app)
    _install_middleware(app, settings)
    return app


def serve(app: FastAPI, runtime: Runtime, hub: Hub) -> None:
    """Let the application's endpoints use what is open."""
    app.state.runtime = runtime
    app.state.snapshots = Snapshots(BOARD, runtime.database, runtime.redis)
    app.state.hub = hub


def _install_middleware(app: FastAPI, settings: Settings) -> None:
    """The last one is the outermost."""
    app.add_middleware(
        RequestGuard,
        body_limits=BodyLimits(
            settings.max_body_bytes,
            posted={
                WEBHOOK_PATH: settings.max_webhook_bytes,
                f"{WEBHOOK_PATH}/*": settings.max_webhook_bytes,
                IMPORT_PATH: settings.max_import_bytes,
                FILES_PATH: settings.max_file_bytes,
            },
        ),
    )
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=sorted(settings.origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            expose_headers=[
                "ETag",
                "Link",
                "Operation-ID",
                "RateLimit",
                "RateLimit-Policy",
                "X-Request-ID",
                "Retry-After",
            ],
        )
    app.add_middleware(RequestFrame, behind_tls=settings.cookies_secure)
    if settings.trusted_proxies:
        # The client is the last address in `X-Forwarded-For` that is none of a trusted proxy.
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
