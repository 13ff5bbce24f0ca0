"""The `taskly` command.

It knows where each command of the server's side is and hands over to it: the process becomes `python -m MODULE`,
so that no command waits for what another one imports. Each command reads its own options; `taskly COMMAND --help`
lists them. Those that look into a running Taskly find the one that `taskly up` runs here, or the one whose data
directory follows `--data-dir`. All other words, help and completion go to `taskly.client`, which has the whole tree.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, NoReturn

import typer

from taskly.embedded.found import NothingRuns, found_environment

app = typer.Typer(
    name="taskly",
    help="A project board that drives a GitHub repository and is driven by it.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

DataDirectory = Annotated[
    str | None, typer.Option("--data-dir", help="The data directory of the instance to look into.")
]

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Words after the command, `--help` among them, belong to the module."""

HELP = {"-h", "--help"}

COMPLETION = "_TASKLY_COMPLETE"
"""Set by the shell that asks what a word may go on to."""


def main() -> None:
    """The console entry."""
    words = sys.argv[1:]
    if COMPLETION in os.environ or not _names().intersection(words[:1]):
        _become("taskly.client", words)
    app(prog_name="taskly")


def _names() -> set[str]:
    commands = ((each.name, each.callback) for each in app.registered_commands)
    return {name or callback.__name__ for name, callback in commands if callback is not None}


@app.command(context_settings=PASS_ON)
def up(words: typer.Context) -> None:
    """Start everything here, servers included; Ctrl-C stops it."""
    _become("taskly.embedded.up", words.args)


@app.command(context_settings=PASS_ON)
def demo(words: typer.Context) -> None:
    """Start everything with example boards and a fake GitHub."""
    _become("taskly.demo", words.args)


@app.command(context_settings=PASS_ON)
def api(words: typer.Context) -> None:
    """Run the HTTP API."""
    _become("taskly.api", words.args)


@app.command(context_settings=PASS_ON)
def worker(words: typer.Context) -> None:
    """Run a worker for background jobs."""
    _become("taskly.worker", words.args)


@app.command(context_settings=PASS_ON)
def scheduler(words: typer.Context) -> None:
    """Run the scheduler of periodic jobs."""
    _become("taskly.worker.scheduler", words.args)


@app.command(context_settings=PASS_ON)
def migrate(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """Bring the database to the schema of this version."""
    _look_into("taskly.platform.db.migrate", words, data_dir)


@app.command("sign-in-link", context_settings=PASS_ON)
def sign_in_link(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """Print a link that signs one person in, once."""
    _look_into("taskly.users.sign_in_link", words, data_dir)


@app.command("github-app-link", context_settings=PASS_ON)
def github_app_link(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """Print a link on which a GitHub App is made."""
    _look_into("taskly.github.app_setup.setup_link", words, data_dir)


@app.command(context_settings=PASS_ON)
def doctor(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """Check settings, servers, schema, clocks, queues, GitHub connections, secrets and stored boards."""
    _look_into("taskly.doctor", words, data_dir)


@app.command(context_settings=PASS_ON)
def jobs(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """List dead background jobs, or try them again."""
    _look_into("taskly.worker.dead_jobs", words, data_dir)


@app.command("rebuild-insights", context_settings=PASS_ON)
def rebuild_insights(words: typer.Context, data_dir: DataDirectory = None) -> None:
    """Make what charts read anew from the logs of boards."""
    _look_into("taskly.insights.rebuild", words, data_dir)


@app.command("fake-github", context_settings=PASS_ON)
def fake_github(words: typer.Context) -> None:
    """Run a GitHub to play with."""
    _become("taskly.fake_github", words.args)


def _look_into(module: str, words: typer.Context, data_dir: str | None) -> NoReturn:
    """Go on as a module that works on the instance that is found. Its help needs none."""
    if HELP.intersection(words.args):
        _become(module, words.args)
    try:
        environment = found_environment(os.environ, data_dir)
    except NothingRuns as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(os.EX_CONFIG)
    _become(module, words.args, environment)


def _become(
    module: str, words: Sequence[str], environment: Mapping[str, str] = os.environ
) -> NoReturn:
    """Go on as `python -m module`. `-P`: what lies in the current folder is not imported."""
    sys.stdout.flush()
    command = [sys.executable, "-P", "-m", module, *words]
    os.execve(sys.executable, command, environment)  # noqa: S606  # our own interpreter and module
