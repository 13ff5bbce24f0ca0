"""Prefixed lines."""

import io
import os
from pathlib import Path

import pytest

from taskly.embedded.output import LONGEST_LINE, Output, PrefixedLines


def test_lines_begin_with_their_process() -> None:
    stream = io.StringIO()
    output = Output(stream, colours=False)
    output.line("api", "hello")
    output.line("scheduler", "hello")
    output.say("done")
    assert stream.getvalue() == ("api       | hello\nscheduler | hello\ntaskly    | done\n")


def test_colours_are_for_the_names_only() -> None:
    stream = io.StringIO()
    Output(stream, colours=True).line("api", "hello")
    assert stream.getvalue() == "\033[36mapi       |\033[0m hello\n"


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colours_unless_they_are_unwanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", variable)
    ours, theirs = os.openpty()
    with open(theirs, "w") as terminal:  # noqa: PTH123  # a descriptor
        monkeypatch.setattr("sys.stdout", terminal)
        Output.standard().say("hello")
    printed = os.read(ours, 100)
    os.close(ours)
    assert (b"\033[" in printed) == coloured


def test_a_file_gets_no_colours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        monkeypatch.setattr("sys.stdout", file)
        Output.standard().say("hello")
    assert (tmp_path / "log").read_text() == "taskly    | hello\n"


def test_a_reader_who_went_away_is_no_trouble() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = open(writer, "w")  # noqa: PTH123, SIM115  # a descriptor, closed below
    output = Output(stream, colours=False)
    output.say("nobody hears this")
    output.say("nor this")
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_lines_are_put_together_from_pieces() -> None:
    stream = io.StringIO()
    lines = PrefixedLines(Output(stream, colours=False), "api")
    for piece in (b"one\ntw", b"o\r\n", "drei ü".encode()[:-1]):
        lines.data_received(piece)
    lines.connection_lost(None)
    assert stream.getvalue() == ("api       | one\napi       | two\napi       | drei \ufffd\n")


def test_a_line_without_an_end_is_broken() -> None:
    stream = io.StringIO()
    lines = PrefixedLines(Output(stream, colours=False), "api")
    lines.data_received(b"x" * (LONGEST_LINE + 1))
    assert stream.getvalue() == f"api       | {'x' * (LONGEST_LINE + 1)}\n"
