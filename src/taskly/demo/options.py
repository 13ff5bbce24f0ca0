"""What can be chosen on the command line."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(".taskly/demo")
READING_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the demonstration runs."""

    directory: Path = DIRECTORY
    """Where everything is kept, as an absolute path once it was read."""
    port: int | None = None
    """Taskly's; by default 8000 or the next free one."""
    github_port: int | None = None
    """The fake GitHub's; by default 9000 or the next free one."""
    once: bool = False
    """Stop after the story."""
    only_fill: bool = False
    """Tell no story."""
    pause_seconds: float = 0.0
    """Between two steps, for people to read."""


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """The options in these arguments (those of the command line when not given)."""
    asked = _parser().parse_args(arguments)
    pause = asked.pause
    if pause is None:
        pause = READING_SECONDS if sys.stdout.isatty() else 0.0
    return Options(
        directory=asked.data_dir.absolute(),
        port=asked.port,
        github_port=asked.github_port,
        once=asked.once,
        only_fill=asked.only_fill,
        pause_seconds=pause,
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="taskly demo",
        description="Start Taskly beside a fake GitHub, fill it, and tell a story. It has servers and a "
        "data directory of its own: settings in the environment and in .env do not reach it.",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=DIRECTORY,
        help="where everything is kept (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=int, help="the port of Taskly (default: 8000 or the next free one)"
    )
    parser.add_argument(
        "--github-port",
        type=int,
        help="the port of the fake GitHub (default: 9000 or the next free one)",
    )
    parser.add_argument(
        "--pause",
        type=float,
        metavar="SECONDS",
        help=f"time to read between two steps (default: {READING_SECONDS:g} on a terminal, else 0)",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="stop after the story; exit code 1 when a step did not arrive",
    )
    parser.add_argument("--only-fill", action="store_true", help="fill the boards, tell no story")
    return parser
