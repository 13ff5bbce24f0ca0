"""A served Taskly, and a terminal in which somebody types commands."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from anyio import to_thread
from fastapi import FastAPI
from structlog.testing import capture_logs
from typer.testing import CliRunner

from taskly.client.commands import app as commands
from taskly.client.refusal import Refused
from tests.support.actors import Actor
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines without the blanks that fill columns."""
        return [line.rstrip() for line in self.out.splitlines()]


@dataclass(slots=True)
class Terminal:
    """Where one person types commands; they remember in a folder of their own."""

    home: Path
    server: str
    variables: dict[str, str] = field(default_factory=dict)

    async def run(self, *words: str, typed: str | bytes | None = None) -> Printed:
        """Type a command. It runs beside the server, which answers it meanwhile."""
        with capture_logs():  # The server's, which would stand between what the command prints.
            return await to_thread.run_sync(self._run, words, typed)

    async def out(self, *words: str, typed: str | bytes | None = None) -> list[str]:
        """The lines that a command prints, if it does what it should."""
        printed = await self.run(*words, typed=typed)
        assert (printed.code, printed.err) == (0, ""), printed
        return printed.lines

    def _run(self, words: tuple[str, ...], typed: str | bytes | None) -> Printed:
        environment = {
            "XDG_CONFIG_HOME": str(self.home),
            "TASKLY_SERVER": None,
            "TASKLY_TOKEN": None,
            "TASKLY_WORKSPACE": None,
            "TASKLY_BOARD": None,
            **self.variables,
        }
        result = CliRunner().invoke(
            commands, words, input=typed, env=environment, prog_name="taskly"
        )
        if isinstance(result.exception, Refused):
            return Printed(1, result.stdout, f"{result.stderr}{result.exception}\n")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Printed(result.exit_code, result.stdout, result.stderr)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The address at which an application answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)  # Who comes before the server is ready waits.
        server = uvicorn.Server(
            uvicorn.Config(
                app, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=5
            )
        )
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@pytest.fixture
async def server(world: World) -> AsyncIterator[str]:
    """The address of the application under test."""
    async with listening(world.app) as address:
        yield address


@pytest.fixture
def terminal(tmp_path: Path, server: str) -> Terminal:
    """A terminal in which nobody is signed in."""
    return Terminal(tmp_path, server)


@pytest.fixture
async def alice_types(terminal: Terminal, alice: Actor) -> Terminal:
    """A terminal in which Alice is signed in."""
    await terminal.out("login", terminal.server, "--with-token", typed=f"{alice.token}\n")
    return terminal
