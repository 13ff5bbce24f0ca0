"""`taskly login`, `logout` and `me`."""

import os
import platform
import subprocess
import sys
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx2
import typer

from taskly.client.asking import API, Json, Server
from taskly.client.credentials import (
    SERVER,
    Credentials,
    forget,
    is_loopback,
    remember,
    remembered_file,
    require_readable,
    server_meant,
    tidy_server,
)
from taskly.client.naming import signed_in
from taskly.client.reading import decoded
from taskly.client.refusal import Refused
from taskly.client.showing import AsJson, show_fields, show_json, show_text

app = typer.Typer()

LINK_PATH = f"{API}/auth/local"
NAME_LENGTH = 100
DAYS = 90
SCOPE = "write"

Where = Annotated[
    str | None,
    typer.Argument(
        metavar="[SERVER]",
        help="The server's address, or a one-time link to sign in with. Without it, the Taskly that "
        "`taskly up` runs in this folder.",
    ),
]
FromInput = Annotated[
    bool, typer.Option("--with-token", help="Read a personal token from standard input.")
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days", min=1, max=366, help=f"How long the token that is made lasts: {DAYS} by default."
    ),
]
Scope = Annotated[
    str | None,
    typer.Option(
        "--scope",
        help=f"What it is for: read, write or admin; {SCOPE} by default.",
        metavar="SCOPE",
    ),
]


@app.command()
def login(
    where: Where = None, with_token: FromInput = False, days: Days = None, scope: Scope = None
) -> None:
    """Sign this command in, and remember it. A personal token is made, or taken where you have one."""
    file = remembered_file()
    require_readable(file)
    if where is None:
        where = server_meant(file) if with_token or os.environ.get(SERVER) else _link_from_here()
    address = tidy_server(where)
    if not is_loopback(address) and address.startswith("http:"):
        typer.echo("Its address begins with http: others on the way can read your token.", err=True)
    if LINK_PATH in where:
        if with_token:
            raise Refused("A one-time link makes a token: leave out the link, or --with-token.")
        found = _from_link(where, days or DAYS, scope or SCOPE)
    else:
        if days is not None or scope is not None:
            raise Refused(
                "A token that you have lasts as long, and is for what, it was made for: --days and --scope count "
                "only with a one-time link."
            )
        found = Credentials(address, _typed(address, with_token=with_token))
    with Server(found) as server:
        me: Json = server.get("/me")
    remember(file, found)
    show_text(f"Signed in to {found.server} as {me['login']}.")


@app.command()
def logout() -> None:
    """Forget the token for the server that is asked. It counts until it ends or is revoked."""
    server = server_meant(remembered_file())
    if not forget(remembered_file(), server):
        raise Refused(f"You are not signed in to {server}.")
    show_text(
        f"Forgotten what opens {server}. The token itself counts until it ends: to end it now, find its id with GET "
        f"{API}/me/tokens, where those that `taskly login` makes here are called {_token_name()!r}, and revoke it "
        f"with DELETE {API}/me/tokens/{{id}}."
    )


@app.command()
def me(as_json: AsJson = False) -> None:
    """Show who you are, and which server is asked."""
    with signed_in() as server:
        shown: Json = server.get("/me")
    if as_json:
        show_json(shown)
    else:
        show_fields(
            [("Login", shown["login"]), ("Name", shown["name"]), ("Server", server.address)]
        )


def _link_from_here() -> str:
    """A one-time link to the Taskly that runs in this folder.

    Raises:
        Refused: none does.
    """
    made = subprocess.run(  # our own interpreter and module
        [sys.executable, "-P", "-m", "taskly", "sign-in-link"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if made.returncode != 0:
        reason = made.stderr.strip().splitlines()[-1:]
        raise Refused(
            "\n".join([*reason, "Or name a server: `taskly login https://taskly.example.com`."])
        )
    return made.stdout.strip()


def _from_link(link: str, days: int, scope: str) -> Credentials:
    """A personal token of who is signed in by a one-time link."""
    server = tidy_server(link)
    token = parse_qs(urlsplit(link).query).get("token", [""])[0]
    try:
        answer = httpx2.post(
            f"{server}{LINK_PATH}", params={"token": token}, trust_env=not is_loopback(server)
        )
    except httpx2.RequestError as error:
        raise Refused(f"{server} does not answer: {error}. Does Taskly run there?") from error
    if not answer.is_success:
        raise Refused(f"{server} does not take this link: it is good once, for ten minutes.")
    with Server(Credentials(server, answer.json()["access_token"])) as asked:
        body = {"name": _token_name(), "scopes": [scope], "expires_in_days": days}
        return Credentials(server, asked.post("/me/tokens", body)["token"])


def _token_name() -> str:
    """What a token that is made here is called among its owner's."""
    return f"taskly on {platform.node() or 'this machine'}"[:NAME_LENGTH]


def _typed(server: str, *, with_token: bool) -> str:
    if with_token:
        token = decoded(typer.get_binary_stream("stdin").readline()).strip()
    else:
        typer.echo(
            f"Paste a personal token for {server}, made with POST {API}/me/tokens.", err=True
        )
        token = typer.prompt("Token", hide_input=True, err=True).strip()
    if not token:
        raise Refused("There is no token.")
    return token
