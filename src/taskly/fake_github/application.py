"""The program as one ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from taskly.fake_github.control.api import control
from taskly.fake_github.gate import Gate
from taskly.fake_github.pages import installing, signing_in
from taskly.fake_github.pages import routes as pages
from taskly.fake_github.rest.api import api
from taskly.fake_github.site import Site
from taskly.fake_github.world.addresses import API_PREFIX


def application(site: Site) -> Starlette:
    """Everything that a site serves. Its deliverer is closed when the server stops."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await site.deliverer.close()

    return Starlette(
        routes=[
            Mount(API_PREFIX, app=api(site)),
            Mount("/_fake", app=control(site)),
            *signing_in.routes(site),
            *installing.routes(site),
            *pages.routes(site),
        ],
        middleware=[Middleware(Gate, site=site)],
        lifespan=lifespan,
    )
