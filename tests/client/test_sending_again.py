"""What commands do where a server is busy or a connection breaks, as processes of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from taskly.client.asking import TRIES, seconds_to_wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says; None instead of a body closes the connection."""

    status: int
    body: bytes | None
    headers: dict[str, str] = field(default_factory=dict)


MADE = Answer(201, b'{"id": "1", "name": "Acme", "role": "admin"}')


@dataclass(slots=True)
class Script:
    """Answers in their order, the last one again and again, and what was asked."""

    answers: list[Answer]
    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Methods, and the names that requests have for being carried out once."""

    def next(self) -> Answer:
        """The answer whose turn it is."""
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@contextmanager
def answering(*answers: Answer) -> Iterator[Script]:
    """A server that says what it is told to say."""
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            script.asked.append((self.command, self.headers["Idempotency-Key"]))
            answer = script.next()
            if answer.body is None:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        script.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True)
class Shell:
    """Where commands run as processes."""

    home: Path

    def run(
        self, script: Script, *words: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command against a server, signed in to it."""
        known = {"TASKLY_SERVER": script.address, "TASKLY_TOKEN": "tsk_x"}
        return subprocess.run(
            [sys.executable, "-P", "-m", "taskly", *words],
            env={**os.environ, "XDG_CONFIG_HOME": str(self.home), **known, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in which nothing is remembered."""
    return Shell(tmp_path)


@pytest.mark.parametrize(
    "first", [Answer(503, b"", {"Retry-After": "0"}), Answer(201, None)], ids=["busy", "cut off"]
)
def test_what_is_sent_again_is_made_once_and_printed_as_json(shell: Shell, first: Answer) -> None:
    with answering(first, MADE) as script:
        printed = shell.run(script, "workspaces", "create", "Acme", "--json")
    assert (printed.returncode, json.loads(printed.stdout)["name"]) == (0, "Acme")
    [(method, key), again] = script.asked
    assert (method, again) == ("POST", ("POST", key))
    assert key


def test_a_change_that_is_being_carried_out_is_waited_for(shell: Shell) -> None:
    at_it = Answer(409, b'{"code": "request_in_progress"}', {"Retry-After": "0"})
    with answering(Answer(201, None), *[at_it] * (TRIES + 1), MADE) as script:
        printed = shell.run(script, "workspaces", "create", "Acme", "--json")
    assert (printed.returncode, json.loads(printed.stdout)["name"]) == (0, "Acme")
    assert (len(script.asked), len(set(script.asked))) == (TRIES + 3, 1)


def test_who_waits_is_told_once_and_gives_up_in_the_end(shell: Shell) -> None:
    with answering(Answer(429, b"", {"Retry-After": "1"})) as script:
        printed = shell.run(script, "workspaces", "--json")
    assert (printed.returncode, printed.stdout, len(script.asked)) == (1, "", TRIES)
    assert printed.stderr.splitlines() == [
        f"{script.address} asks to wait; trying again by itself.",
        f"{script.address} is busy. Try again in 1 s.",
    ]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7), ("0", 0), ("-5", 0), ("1e9", 60), ("inf", 60), ("nan", 1), ("soon", 1)],
)
def test_waiting_has_an_end(said: str, seconds: float) -> None:
    assert seconds_to_wait({"Retry-After": said}) == seconds


@pytest.mark.parametrize("body", [b"<!doctype html>", b"\xff"])
def test_pages_of_something_else_are_not_taken_for_answers(shell: Shell, body: bytes) -> None:
    with answering(Answer(200, body)) as script:
        printed = shell.run(script, "me")
    assert (printed.returncode, printed.stdout) == (1, "")
    assert printed.stderr == f"{script.address} answers, but not in JSON: is it a Taskly?\n"


@pytest.mark.parametrize(
    "answer",
    [Answer(429, b"", {"Retry-After": "60"}), Answer(200, b"[]"), Answer(200, b"{}")],
    ids=["busy", "a list", "an object"],
)
def test_completion_asks_once_and_says_nothing_when_it_fails(shell: Shell, answer: Answer) -> None:
    asking = {"_TASKLY_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    with answering(answer) as script:
        printed = shell.run(script, COMP_WORDS="taskly cards show ", **asking)
    assert (printed.stdout.strip(), printed.stderr, len(script.asked)) == ("", "", 1)


def test_a_refusal_steers_no_terminal(shell: Shell) -> None:
    with answering(Answer(422, b'{"detail": "body.name: no \\u001b[2J\\u009b"}')) as script:
        printed = shell.run(script, "workspaces", "create", "Acme")
    assert (printed.returncode, printed.stderr) == (1, "name: no \ufffd[2J\ufffd\n")


def test_each_thing_of_a_table_stays_on_its_line(shell: Shell) -> None:
    answer = Answer(201, b'{"id": "1", "name": "Ac\\nme\\tInc", "role": "admin"}')
    with answering(answer) as script:
        printed = shell.run(script, "workspaces", "create", "Acme")
    assert [line.split("  ")[0] for line in printed.stdout.splitlines()] == ["Name", "Ac me Inc"]
