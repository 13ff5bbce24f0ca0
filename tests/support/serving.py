"""Applications served over real HTTP, on a free port, until a block ends."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

PATIENCE_SECONDS = 60


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def served(make: Callable[[str], ASGIApp]) -> AsyncIterator[str]:
    """Serve the application that is made for an address; the address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = _Server(uvicorn.Config(make(address), log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            await asyncio.wait_for(server.ready.wait(), PATIENCE_SECONDS)
            yield address
        finally:
            server.should_exit = True
            await serving
