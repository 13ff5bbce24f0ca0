"""`taskly boards`: the boards of a workspace, one of them with its cards, and a new one."""

from typing import Annotated, Any

import typer

from taskly.client.asking import Json
from taskly.client.naming import find_board, find_workspace, signed_in
from taskly.client.showing import AsJson, show_fields, show_json, show_table, show_text
from taskly.client.words import BoardMeant, WorkspaceNamed, require_none_before

app = typer.Typer(help="Boards: list, create and show them.")


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context, workspace: WorkspaceNamed = None, as_json: AsJson = False
) -> None:
    if context.invoked_subcommand is None:
        list_boards(workspace, as_json)
    else:
        require_none_before(context)


@app.command("list")
def list_boards(workspace: WorkspaceNamed = None, as_json: AsJson = False) -> None:
    """List the boards of a workspace; `taskly boards` alone does the same."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        every = server.every(f"/workspaces/{home['id']}/boards")
    if as_json:
        show_json(every)
        return
    show_table(
        ("Key", "Name", "Open", "Cards", "Changed"),
        (
            (b["key"], b["name"], b["open_count"], b["card_count"], b["updated_at"][:10])
            for b in every
        ),
    )


@app.command("create")
def create_board(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    workspace: WorkspaceNamed = None,
    key: Annotated[
        str | None,
        typer.Option("--key", help="Its cards' keys begin with it; else made of the name."),
    ] = None,
    template: Annotated[
        str, typer.Option("--template", help="blank, kanban, scrum or bug-triage.")
    ] = "kanban",
    as_json: AsJson = False,
) -> None:
    """Make a board."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        body = {"name": name, "key": key and key.upper(), "template": template}
        made: Json = server.post(f"/workspaces/{home['id']}/boards", body)
    if as_json:
        show_json(made)
    else:
        show_table(("Key", "Name"), [(made["key"], made["name"])])


@app.command("show")
def show_board(
    board: BoardMeant, workspace: WorkspaceNamed = None, as_json: AsJson = False
) -> None:
    """Show a board, column by column."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        shown: Json = server.get(f"/boards/{find_board(server, home, board)['id']}")
    if as_json:
        show_json(shown)
        return
    show_text(f"{shown['key']}  {shown['name']}", "bold")
    show_fields([("Version", shown["version"])])
    show_table(("Column", "Card", "Title"), _rows(shown))


def _rows(board: Json) -> list[tuple[Any, ...]]:
    """A row for each card, in its place; a column without cards has a row of its own."""
    rows: list[tuple[Any, ...]] = []
    for column in board["columns"]:
        cards = [card for card in board["cards"] if card["column_id"] == column["id"]]
        cards.sort(key=lambda card: str(card["rank"]))
        name = column["name"]
        for card in cards:
            rows.append((name, f"{board['key']}-{card['number']}", card["title"]))
            name = ""
        if not cards:
            rows.append((name, "", ""))
    return rows
