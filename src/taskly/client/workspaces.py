"""`taskly workspaces`: those that you are in, and a new one."""

from typing import Annotated

import typer

from taskly.client.naming import signed_in
from taskly.client.showing import AsJson, show_json, show_table
from taskly.client.words import require_none_before

app = typer.Typer(help="Workspaces: those that you are in, or a new one.")


@app.callback(invoke_without_command=True)
def _alone(context: typer.Context, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        list_workspaces(as_json)
    else:
        require_none_before(context)


@app.command("list")
def list_workspaces(as_json: AsJson = False) -> None:
    """List the workspaces that you are in; `taskly workspaces` alone does the same."""
    with signed_in() as server:
        every = server.every("/workspaces")
    if as_json:
        show_json(every)
    else:
        show_table(("Name", "Role", "Id"), ((w["name"], w["role"], w["id"]) for w in every))


@app.command("create")
def create_workspace(
    name: Annotated[str, typer.Argument(help="What it is called.")], as_json: AsJson = False
) -> None:
    """Make a workspace; you are its admin."""
    with signed_in() as server:
        made = server.post("/workspaces", {"name": name})
    if as_json:
        show_json(made)
    else:
        show_table(("Name", "Role", "Id"), [(made["name"], made["role"], made["id"])])
