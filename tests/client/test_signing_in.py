"""Who the command line is, and what it remembers."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from taskly.client.credentials import tidy_server
from taskly.client.refusal import Refused
from taskly.users.local_sign_in import make_link
from tests.client.conftest import Terminal
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_a_one_time_link_makes_a_token_that_is_remembered(
    world: World, terminal: Terminal
) -> None:
    link = await make_link(world.runtime.database, world.runtime.settings, "mona")
    link = f"{terminal.server}{link[link.index('/api/') :]}"

    both = await terminal.run("login", link, "--with-token", typed="tsk_no\n")
    assert (both.code, both.err.startswith("A one-time link makes a token")) == (1, True)
    assert await terminal.out("login", link, "--days", "7") == [
        f"Signed in to {terminal.server} as mona."
    ]

    assert await terminal.out("me") == [
        "Login   mona",
        "Name    mona",
        f"Server  {terminal.server}",
    ]
    file = terminal.home / "taskly" / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    token = json.loads(file.read_text())["tokens"][terminal.server]
    assert token.startswith("tsk_")
    headers = {"Authorization": f"Bearer {token}"}
    made = await world.client.post("/api/v1/workspaces", json={"name": "Mine"}, headers=headers)
    listed = await world.client.get("/api/v1/me/tokens", headers=headers)
    assert (made.status_code, listed.status_code) == (201, 403), "the scope is write"
    again = await terminal.run("login", link)
    assert (again.code, "it is good once" in again.err) == (1, True)


async def test_a_token_that_does_not_count_is_not_remembered(terminal: Terminal) -> None:
    refused = await terminal.run("login", terminal.server, "--with-token", typed="tsk_no\n")
    assert refused.code == 1
    assert "does not take your token" in refused.err
    assert not (terminal.home / "taskly").exists()
    for chosen in (("--days", "7"), ("--scope", "read")):
        refused = await terminal.run(
            "login", terminal.server, "--with-token", *chosen, typed="tsk_no\n"
        )
        assert (refused.code, "--days and --scope" in refused.err) == (1, True)
    nothing = await terminal.run("login", terminal.server, "--with-token", typed="\n")
    assert nothing.err == "There is no token.\n"


async def test_a_token_is_asked_for_where_none_comes_by_itself(
    terminal: Terminal, alice: Actor
) -> None:
    printed = await terminal.run("login", terminal.server, typed=f"{alice.token}\n")
    assert printed.code == 0
    assert printed.lines[-1:] == [f"Signed in to {terminal.server} as alice."]
    assert alice.token not in printed.out + printed.err


async def test_who_is_not_signed_in_is_told_how(terminal: Terminal) -> None:
    assert (await terminal.run("me")).err == "You are not signed in. Begin with `taskly login`.\n"
    terminal.variables["TASKLY_SERVER"] = terminal.server
    assert (await terminal.run("me")).err == (
        f"You are not signed in to {terminal.server}. Begin with `taskly login {terminal.server}`.\n"
    )


async def test_scripts_bring_server_and_token_with_them(terminal: Terminal, alice: Actor) -> None:
    terminal.variables |= {"TASKLY_SERVER": terminal.server, "TASKLY_TOKEN": alice.token}
    assert (await terminal.out("me"))[0] == "Login   alice"
    assert not (terminal.home / "taskly").exists()


async def test_a_token_goes_to_its_own_server_only(
    alice_types: Terminal, world: World, alice: Actor
) -> None:
    del world, alice
    alice_types.variables["TASKLY_SERVER"] = "http://127.0.0.1:1"
    refused = await alice_types.run("me")
    assert "You are not signed in to http://127.0.0.1:1." in refused.err


async def test_signing_out_forgets(alice_types: Terminal) -> None:
    [said] = await alice_types.out("logout")
    assert said.startswith(f"Forgotten what opens {alice_types.server}.")
    assert (await alice_types.run("me")).code == 1


async def test_signing_out_goes_by_the_server_that_is_asked(
    alice_types: Terminal, alice: Actor
) -> None:
    other = alice_types.server.replace("127.0.0.1", "localhost")
    await alice_types.out("login", other, "--with-token", typed=f"{alice.token}\n")
    alice_types.variables["TASKLY_SERVER"] = alice_types.server

    [said] = await alice_types.out("logout")
    again = await alice_types.run("logout")

    assert said.startswith(f"Forgotten what opens {alice_types.server}. ")
    assert again.err == f"You are not signed in to {alice_types.server}.\n"
    del alice_types.variables["TASKLY_SERVER"]
    assert (await alice_types.out("me"))[-1] == f"Server  {other}"


async def test_after_signing_out_no_other_server_is_asked_instead(
    alice_types: Terminal, alice: Actor
) -> None:
    other = alice_types.server.replace("127.0.0.1", "localhost")
    await alice_types.out("login", other, "--with-token", typed=f"{alice.token}\n")
    await alice_types.out("logout")
    refused = await alice_types.run("me")
    assert refused.err == "You are not signed in. Begin with `taskly login`.\n"


async def test_a_token_without_its_server_is_sent_nowhere(alice_types: Terminal) -> None:
    alice_types.variables["TASKLY_TOKEN"] = "tsk_of_another_server"
    refused = await alice_types.run("me")
    assert refused.err == (
        "TASKLY_TOKEN is set, but not for which server it is: set TASKLY_SERVER, too.\n"
    )


async def test_the_server_of_the_environment_is_signed_in_to(
    terminal: Terminal, alice: Actor
) -> None:
    terminal.variables["TASKLY_SERVER"] = terminal.server
    says = f"Signed in to {terminal.server} as alice."
    assert await terminal.out("login", "--with-token", typed=f"{alice.token}\n") == [says]
    assert (await terminal.run("login", typed=f"{alice.token}\n")).lines[-1] == says
    del terminal.variables["TASKLY_SERVER"]
    file = terminal.home / "taskly" / "credentials.json"
    file.write_text(json.dumps({"server": terminal.server, "tokens": {}}))
    assert await terminal.out("login", "--with-token", typed=f"{alice.token}\n") == [says]
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_a_link_is_not_used_up_where_its_token_could_not_be_kept(
    world: World, terminal: Terminal
) -> None:
    link = await make_link(world.runtime.database, world.runtime.settings, "mona")
    link = f"{terminal.server}{link[link.index('/api/') :]}"
    file = terminal.home / "taskly" / "credentials.json"
    file.parent.mkdir()
    file.write_text("[]")
    assert (await terminal.run("login", link)).err.startswith(f"{file} can't be read")
    file.unlink()
    assert (await terminal.run("login", link)).code == 0


async def test_who_sends_a_token_over_plain_http_is_warned_before(terminal: Terminal) -> None:
    terminal.variables["no_proxy"] = "*"
    address = "http://127.0.0.2:1"
    refused = await terminal.run("login", address, "--with-token", typed="tsk_x\n")
    assert refused.code == 1
    assert refused.err.startswith("Its address begins with http: ")


async def test_what_can_be_no_token_is_not_sent(terminal: Terminal) -> None:
    refused = await terminal.run("login", terminal.server, "--with-token", typed="tsk_\u00e9\n")
    assert refused.err == "The token has characters that no token has.\n"


async def test_a_file_that_is_no_memory_is_named(terminal: Terminal) -> None:
    file = terminal.home / "taskly" / "credentials.json"
    file.parent.mkdir()
    file.write_text("[]")
    refused = await terminal.run("me")
    assert refused.err.startswith(f"{file} can't be read")


async def test_a_server_that_does_not_answer_is_named(terminal: Terminal) -> None:
    terminal.variables |= {"TASKLY_SERVER": "http://127.0.0.1:1", "TASKLY_TOKEN": "tsk_x"}
    refused = await terminal.run("me")
    assert refused.err.startswith("http://127.0.0.1:1 does not answer")


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("taskly.example.com", "https://taskly.example.com"),
        ("http://localhost:8000/api/v1", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://taskly.example.com/", "https://taskly.example.com"),
    ],
)
def test_addresses_are_taken_as_they_are_written(written: str, tidy: str) -> None:
    assert tidy_server(written) == tidy


@pytest.mark.parametrize(
    "written",
    ["", "ftp://a", "https://", "https://user@host", "http://[::1", "[::1", "localhost:8a"],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="no address of a server"):
        tidy_server(written)


def test_the_console_hands_over_to_the_whole_tree(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    environment.pop("TASKLY_SERVER", None)
    shown = _taskly(["--help"], environment)
    assert (shown.returncode, shown.stderr) == (0, "")
    for command in ("up ", "doctor ", "cards ", "login "):
        assert f"\n  {command}" in shown.stdout
    refused = _taskly(["cards", "list"], environment)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "You are not signed in. Begin with `taskly login`.\n"


def test_shells_complete_commands(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}
    asking = {
        "_TASKLY_COMPLETE": "complete_bash",
        "COMP_WORDS": "taskly cards m",
        "COMP_CWORD": "2",
    }
    assert _taskly([], environment | asking).stdout.split() == ["move"]
    asking |= {"COMP_WORDS": "taskly cards list --board ", "COMP_CWORD": "4"}
    assert _taskly([], environment | asking).stdout.split() == []


def _taskly(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "taskly", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
