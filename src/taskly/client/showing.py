"""Printing: tables for people, JSON for programs.

What people of the board wrote is printed as it is, except for characters that would steer the terminal.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print what the API answers.")]

WIDEST = 10_000_000
"""Of what is not a terminal: nothing is cut there, for `grep` and `cut` to find it whole."""
_STEERING = {
    **dict.fromkeys(set(range(0x20)) | set(range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], ""),
    ord("\n"): "\n",
    ord("\t"): "\t",
}
"""Control characters, and those that turn the direction of what follows."""
_ESCAPED = {code: f"\\u{code:04x}" for code in _STEERING if code != ord("\n")}
_ONE_LINE = {ord("\n"): " ", ord("\t"): " "}


def printable(text: str) -> str:
    r"""Text without what would steer a terminal.

    >>> printable("\x1b[2Jgone")
    '�[2Jgone'
    """
    return text.translate(_STEERING)


def show_json(value: Any) -> None:
    """Print JSON. What would steer a terminal stands only in strings, and is escaped there."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False).translate(_ESCAPED))


def show_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, a row a line where it fits; None is an empty cell."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header in headers:
        table.add_column(header)
    for row in rows:
        table.add_row(*(each if isinstance(each, Text) else _cell(each) for each in row))
    _console().print(table)


def show_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print what is known of one thing, leaving out what is empty."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    for name, value in fields:
        if value not in (None, "", []):
            table.add_row(name, value if isinstance(value, Text) else _cell(value))
    _console().print(table)


def show_text(text: str, style: str = "") -> None:
    """Print some lines; a terminal gets them wrapped by words, everything else as they are."""
    if sys.stdout.isatty():
        _console().print(Text(printable(text)), style=style)
    else:
        typer.echo(printable(text))


def marked(parts: Iterable[tuple[str, bool]]) -> Text:
    """A line in which some parts are what was looked for."""
    return Text.assemble(*((_line(text), "bold" if hit else "") for text, hit in parts))


def _cell(value: object) -> Text:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return Text("" if value is None else _line(str(value)))


def _line(text: str) -> str:
    return printable(text.translate(_ONE_LINE))


def _console() -> Console:
    console = Console(highlight=False, markup=False, emoji=False)
    if not sys.stdout.isatty():
        console.width = WIDEST
    return console
