"""What a person's commands remember: the server that they asked last, and a token for each server.

`TASKLY_SERVER` and `TASKLY_TOKEN` come before what is remembered, for scripts and for CI.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import typer

from taskly.client.refusal import Refused

SERVER, TOKEN = "TASKLY_SERVER", "TASKLY_TOKEN"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A server, and what opens it."""

    server: str
    token: str = field(repr=False)


def remembered_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where it is remembered: under `XDG_CONFIG_HOME`, or where programs of this system keep such things."""
    home = environment.get("XDG_CONFIG_HOME")
    directory = Path(home) / "taskly" if home else Path(typer.get_app_dir("taskly"))
    return directory / "credentials.json"


def server_meant(path: Path, environment: Mapping[str, str] = os.environ) -> str:
    """The server to ask: the one of the environment, else the one that was signed in to last.

    Raises:
        Refused: there is none.
    """
    server = environment.get(SERVER) or _read(path).server
    if server is None:
        raise Refused("You are not signed in. Begin with `taskly login`.")
    return tidy_server(server)


def credentials(path: Path, environment: Mapping[str, str] = os.environ) -> Credentials:
    """The server to ask, and the token for it. A token is only ever sent to the server that it is for.

    Raises:
        Refused: there is none.
    """
    if environment.get(TOKEN) and not environment.get(SERVER):
        raise Refused(f"{TOKEN} is set, but not for which server it is: set {SERVER}, too.")
    server = server_meant(path, environment)
    token = environment.get(TOKEN) or _read(path).tokens.get(server)
    if token is None:
        raise Refused(f"You are not signed in to {server}. Begin with `taskly login {server}`.")
    return Credentials(server, token)


def require_readable(path: Path) -> None:
    """Find out whether a token could be kept, before one is made.

    Raises:
        Refused: the file is no memory.
    """
    _read(path)


def remember(path: Path, found: Credentials) -> None:
    """Keep a token, readable by its owner only, and ask its server from now on."""
    known = _read(path)
    known.server = found.server
    known.tokens[found.server] = found.token
    _write(path, known)


def forget(path: Path, server: str) -> bool:
    """Forget the token for a server; whether there was one. No other server is asked instead."""
    known = _read(path)
    there = known.tokens.pop(server, None) is not None
    if known.server == server:
        known.server = None
    if there:
        _write(path, known)
    return there


def tidy_server(written: str) -> str:
    """The address of a server as it is remembered: with its scheme, without a path.

    >>> tidy_server("taskly.example.com/")
    'https://taskly.example.com'
    >>> tidy_server("localhost:8000")
    'http://localhost:8000'

    Raises:
        Refused: it is no address of a server.
    """
    text = written.strip()
    if "://" not in text:
        here = _is_address(f"http://{text}") and is_loopback(f"http://{text}")
        text = f"{'http' if here else 'https'}://{text}"
    if not _is_address(text):
        raise Refused(f"{written} is no address of a server, such as https://taskly.example.com.")
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(server: str) -> bool:
    """Whether an address is one of this machine."""
    return urlsplit(server).hostname in {"localhost", "127.0.0.1", "::1"}


def _is_address(text: str) -> bool:
    try:
        url, parts = httpx2.URL(text), urlsplit(text)
    except (httpx2.InvalidURL, ValueError):
        return False
    return url.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username


@dataclass(slots=True)
class _Known:
    server: str | None
    tokens: dict[str, str]


def _read(path: Path) -> _Known:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return _Known(known["server"], dict(known["tokens"]))
    except FileNotFoundError:
        return _Known(None, {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"{path} can't be read ({error}). Delete it and sign in again.") from error


def _write(path: Path, known: _Known) -> None:
    """Replace the file as a whole, so that it is never half written. Only its owner can read it, as with all such files."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(known), file, indent=2)
        Path(unfinished).replace(path)
    except OSError as error:
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
