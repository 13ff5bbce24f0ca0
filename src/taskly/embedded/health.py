"""Asks the api whether it is ready."""

import asyncio
from contextlib import suppress

READY_PATH = "/api/v1/health/ready"
ANSWER_SECONDS = 10
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def reachable_host(host: str) -> str:
    """The host under which this machine reaches what listens on `host`."""
    return EVERYWHERE.get(host, host)


def bracketed(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host


async def answers_ready(host: str, port: int) -> bool:
    """Whether the api says that it can do its work."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            return (await _status(reachable_host(host), port)) == b"200"
    return False


async def _status(host: str, port: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        authority = f"{bracketed(host)}:{port}"
        request = f"GET {READY_PATH} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        _, _, rest = (await reader.readline()).partition(b" ")
        return rest[:3]
    finally:
        writer.close()
