"""`taskly cards`: list, create, paste, show, move."""

import enum
from datetime import date
from typing import Annotated

import typer

from taskly.client.asking import Json, Server
from taskly.client.card_page import print_card, priority_of
from taskly.client.naming import (
    find_board,
    find_card,
    find_part,
    find_people,
    find_workspace,
    signed_in,
)
from taskly.client.reading import decoded
from taskly.client.showing import AsJson, show_json, show_table, show_text
from taskly.client.words import (
    Assign,
    BoardMaybe,
    BoardNamed,
    CardMeant,
    ColumnMeant,
    ColumnNamed,
    Label,
    Limit,
    WorkspaceNamed,
    a_day,
    some_of,
    was_typed,
)

app = typer.Typer(help="Cards: list, create, show and move them.", no_args_is_help=True)

USUALLY = 50
FULL = "which holds more cards than its limit"


class Priority(enum.StrEnum):
    """How urgent a card is."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


Query = Annotated[
    list[str] | None, typer.Argument(help="Words and filters, such as: label:bug is:open")
]
Top = Annotated[bool, typer.Option("--top", help="Above the others, not below.")]


Mine = Annotated[bool, typer.Option("--mine", help="Those assigned to me, in all workspaces.")]


@app.command("list")
def list_cards(
    *,
    context: typer.Context,
    query: Query = None,
    board: BoardMaybe = None,
    workspace: WorkspaceNamed = None,
    mine: Mine = False,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """List cards of a board in their order, of a workspace, or your own."""
    if mine and (was_typed(context, "board") or was_typed(context, "workspace")):
        raise typer.BadParameter(
            "--mine is about all workspaces: leave out --board and --workspace."
        )
    with signed_in() as server:
        if mine:
            path = "/me/cards"
        else:
            home = find_workspace(server, workspace)
            path = f"/workspaces/{home['id']}/search"
            if board is not None:
                path = f"/boards/{find_board(server, home, board)['id']}/cards"
        usual = None if as_json else USUALLY
        found = some_of(server, path, limit, usual, " ".join(query or []))
    if as_json:
        show_json(found)
        return
    show_table(
        ("Card", "Column", "Title", "Priority", "Points", "Due"), (_row(card) for card in found)
    )


@app.command("create")
def create_card(
    *,
    title: Annotated[str, typer.Argument(help="Its title.")],
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    column: ColumnNamed = None,
    description: Annotated[str, typer.Option("--description", "-d", help="Markdown.")] = "",
    priority: Annotated[Priority, typer.Option("--priority", "-p")] = Priority.NONE,
    points: Annotated[int | None, typer.Option("--points", min=0, max=99)] = None,
    due: Annotated[date | None, typer.Option("--due", parser=a_day, metavar="YYYY-MM-DD")] = None,
    label: Label = None,
    assign: Assign = None,
    top: Top = False,
    as_json: AsJson = False,
) -> None:
    """Create a card."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        there: Json = server.get(f"/boards/{find_board(server, home, board)['id']}")
        fields: Json = {"title": title, "description": description, "priority": priority.value}
        fields |= {"story_points": points, "due_date": due and due.isoformat()}
        fields["label_ids"] = [find_part(there, "label", each)["id"] for each in label or []]
        fields["assignee_ids"] = find_people(server, home, assign or [])
        made = server.post(f"/boards/{there['id']}/cards", fields | _place(there, column, top=top))
    if as_json:
        show_json(made)
    else:
        show_table(("Card", "Title"), [(made["key"], made["title"])])
        _warn_if_full(made)


@app.command("paste")
def paste_cards(
    *,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    column: ColumnNamed = None,
    top: Top = False,
    as_json: AsJson = False,
) -> None:
    """Create a card of each line of standard input. Signs of lists and boxes are taken off."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        there: Json = server.get(f"/boards/{find_board(server, home, board)['id']}")
        body = {"lines": decoded(typer.get_binary_stream("stdin").read())} | _place(
            there, column, top=top
        )
        answer: Json = server.post(f"/boards/{there['id']}/cards/paste", body)
    if as_json:
        show_json(answer["cards"])
    else:
        rows = ((card["key"], card["title"]) for card in answer["cards"])
        show_table(("Card", "Title"), rows)
    _warn_if_full(answer)


@app.command("show")
def show_card(card: CardMeant, workspace: WorkspaceNamed = None, as_json: AsJson = False) -> None:
    """Show a card with its texts, steps, links and code."""
    with signed_in() as server:
        shown = find_card(server, workspace, card)
        if as_json:
            show_json(shown)
            return
        board: Json = server.get(f"/boards/{shown['board_id']}")
        code: Json = server.get(f"/cards/{shown['id']}/development")
        people = _logins(server, board["workspace_id"]) if shown["assignee_ids"] else {}
    print_card(shown, board, code, people)


@app.command("move")
def move_card(
    card: CardMeant,
    column: ColumnMeant,
    workspace: WorkspaceNamed = None,
    before: Annotated[str | None, typer.Option("--before", help="The key of another card.")] = None,
    after: Annotated[str | None, typer.Option("--after", help="The key of another card.")] = None,
    top: Top = False,
    as_json: AsJson = False,
) -> None:
    """Move a card to a column: to its end, its top, or beside another card."""
    if sum((before is not None, after is not None, top)) > 1:
        raise typer.BadParameter("Use one of --before, --after and --top.")
    with signed_in() as server:
        moved = find_card(server, workspace, card)
        board: Json = server.get(f"/boards/{moved['board_id']}")
        target = find_part(board, "column", column)
        body: Json = {"column_id": target["id"]}
        for name, key in (("before", before), ("after", after)):
            if key is not None:
                body[name] = find_card(server, workspace, key)["id"]
        if top:
            body["position"] = 0
        answer: Json = server.post(f"/cards/{moved['id']}/move", body)
    if as_json:
        show_json(answer)
    else:
        warning = f", {FULL}" if answer["over_limit"] else ""
        show_text(f"{answer['key']} is in {target['name']}{warning}.")


def _row(card: Json) -> tuple[object, ...]:
    place = (card["key"], card["column_name"], card["title"])
    return (*place, priority_of(card), card["story_points"], card["due_date"])


def _warn_if_full(answer: Json) -> None:
    """Say beside the table that the column now holds more than it should."""
    if answer["over_limit"]:
        typer.echo(f"This is in a column {FULL}.", err=True)


def _place(board: Json, column: str | None, *, top: bool) -> Json:
    place: Json = {"position": 0} if top else {}
    if column is not None:
        place["column_id"] = find_part(board, "column", column)["id"]
    return place


def _logins(server: Server, workspace_id: str) -> dict[str, str]:
    members = server.every(f"/workspaces/{workspace_id}/members")
    return {each["user_id"]: each["login"] for each in members}
