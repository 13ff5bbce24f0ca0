"""Fetches the one-time sign-in link that the start ends with."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process

from taskly.embedded.output import Output
from taskly.embedded.program import Program

LINK_SECONDS = 30


async def printed_link(program: Program, output: Output) -> str | None:
    """What `program` prints: a fresh link; None if it prints none. It complains through `output`."""
    process = await asyncio.create_subprocess_exec(
        *program.leashed(),
        env=dict(program.environment),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    try:
        return await asyncio.wait_for(_read_link(process, program.name, output), LINK_SECONDS)
    except TimeoutError:
        output.say("no sign-in link was made in time; `taskly sign-in-link` makes one")
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read_link(process: Process, name: str, output: Output) -> str | None:
    printed, complaints = await process.communicate()
    for line in complaints.decode(errors="replace").splitlines():
        output.line(name, line)
    return printed.decode().strip() or None
