"""What a person's commands remember: the server that they asked last, and a token for each server.

`TASKLY_SERVER` and `TASKLY_TOKEN` come before what is remembered, for scripts and for CI.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

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


def credentials(path: Path, environment: Mapping[str, str] = os.environ) -> Credentials:
    """The server to ask, and the token for it. A token is only ever sent to the server that it is for.

    Raises:
        Refused: there is none.
    """
    known = _read(path)
    server = environment.get(SERVER) or known.server
    if server is None:
        raise Refused("You are not signed in. Begin with `taskly login`.")
    server = tidy_server(server)
    token = environment.get(TOKEN) or known.tokens.get(server)
    if token is None:
        raise Refused(f"You are not signed in to {server}. Begin with `taskly login {server}`.")
    return Credentials(server, token)


def remember(path: Path, found: Credentials) -> None:
    """Keep a token, readable by its owner only, and ask its server from now on."""
    known = _read(path)
    known.server = found.server
    known.tokens[found.server] = found.token
    _write(path, known)


def forget(path: Path, server: str) -> bool:
    """Forget the token for a server; whether there was one."""
    known = _read(path)
    there = known.tokens.pop(server, None) is not None
    if known.server == server:
        known.server = next(iter(known.tokens), None)
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
        text = f"{'http' if is_loopback(f'//{text}') else 'https'}://{text}"
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise Refused(f"{written} is no address of a server, such as https://taskly.example.com.")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(server: str) -> bool:
    """Whether an address is one of this machine."""
    return urlsplit(server).hostname in {"localhost", "127.0.0.1", "::1"}


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
    """Replace the file as a whole, so that it is never half written."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(known), file, indent=2)
        unfinished.replace(path)
    except OSError as error:
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
