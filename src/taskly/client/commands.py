"""All commands in one tree, those of the server's side and those that ask a server: help and completion know it whole."""

from importlib.metadata import version
from typing import Annotated

import typer

from taskly import cli
from taskly.client import (
    boards,
    cards,
    insights,
    reports,
    searching,
    signing_in,
    sprint_plans,
    sprints,
    workspaces,
)

app = typer.Typer(
    name="taskly",
    help="A project board that drives a GitHub repository and is driven by it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"taskly {version('taskly')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Options of `taskly` itself."""


app.registered_commands.extend(cli.app.registered_commands)
app.add_typer(signing_in.app)
app.add_typer(workspaces.app, name="workspaces")
app.add_typer(boards.app, name="boards")
app.add_typer(cards.app, name="cards")
sprints.app.add_typer(sprint_plans.app)
app.add_typer(sprints.app, name="sprints")
app.add_typer(insights.app)
app.add_typer(reports.app, name="reports")
app.add_typer(searching.app)
