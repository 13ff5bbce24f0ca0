"""The program: reads its arguments, takes a port, says where it is, serves until it is stopped."""

import argparse
import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from taskly.fake_github.application import application
from taskly.fake_github.delivering import Deliverer
from taskly.fake_github.gate import TRANSPORT
from taskly.fake_github.site import Options, Site


class CuttableProtocol(HttpToolsProtocol):
    """Puts the connection into the state of each request, so that a fault can cut it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a connection that can be written to is needed")
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class AnnouncingServer(uvicorn.Server):
    """Says where it is as soon as it answers."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        sys.stdout.write(f"Fake GitHub is ready at {self._address}\n")
        sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (those of the command line when not given)."""
    asked = _parser().parse_args(arguments)
    listener = _listener(asked.host, asked.port)
    port = listener.getsockname()[1]
    address = (asked.address or f"http://{_in_address(asked.host)}:{port}").rstrip("/")
    site = Site(
        Options(
            address=address,
            client_id=asked.client_id,
            client_secret=asked.client_secret,
            callback_urls=tuple(asked.callback_url),
            seed=asked.seed,
            record=asked.record,
        ),
        Deliverer(asked.delivery_timeout),
    )
    config = uvicorn.Config(
        application(site),
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    with contextlib.suppress(KeyboardInterrupt):
        AnnouncingServer(config, address).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="taskly fake-github",
        description="A stateful fake of GitHub for tests, demonstrations and people. "
        "The page of buttons is at its address, the control API's documentation under /_fake/docs.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one")
    parser.add_argument("--address", help="the address in URLs, when it is not host and port")
    parser.add_argument("--client-id", default="fake-client-id", help="of the OAuth application")
    parser.add_argument(
        "--client-secret", default="fake-client-secret", help="of the OAuth application"
    )
    parser.add_argument(
        "--callback-url",
        action="append",
        default=[],
        help="an address that sign-in may return to; any one when not given, may be repeated",
    )
    parser.add_argument("--seed", type=int, default=1, help="of commit hashes and of chance")
    parser.add_argument(
        "--delivery-timeout", type=float, default=10.0, help="seconds that a webhook may take"
    )
    parser.add_argument(
        "--record",
        type=Path,
        default=os.environ.get("FAKE_GITHUB_RECORD"),
        help="a file to which each request of the API and its answer are added, as lines of JSON",
    )
    return parser


def _listener(host: str, port: int) -> socket.socket:
    """A bound socket; the program ends with a sentence when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SystemExit(f"Can't listen on {host}:{port}: {error.strerror}") from None
    return listener


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
