"""`taskly search`."""

from typing import Annotated

import typer
from rich.text import Text

from taskly.client.asking import Json
from taskly.client.naming import find_workspace, signed_in
from taskly.client.showing import AsJson, marked, show_json, show_table
from taskly.client.words import Limit, WorkspaceNamed, some_of

app = typer.Typer()

USUALLY = 20

Query = Annotated[
    list[str], typer.Argument(help="Words and filters, such as: refund label:bug is:open")
]


@app.command("search")
def search(
    query: Query, workspace: WorkspaceNamed = None, limit: Limit = None, as_json: AsJson = False
) -> None:
    """Find cards of a workspace by the words in them and their comments, the best first."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path, usual = f"/workspaces/{home['id']}/search", None if as_json else USUALLY
        found = some_of(server, path, limit, usual, " ".join(query))
    if as_json:
        show_json(found)
        return
    show_table(
        ("Card", "Board", "Column", "Found"),
        ((c["key"], c["board_name"], c["column_name"], _found(c)) for c in found),
    )


def _found(card: Json) -> Text:
    """The title, and below it the first other place where the words stand."""
    title = {"field": "title", "parts": [{"text": card["title"], "is_match": False}]}
    places = [each for each in card["highlights"] if each["field"] != "title"]
    titles = [each for each in card["highlights"] if each["field"] == "title"]
    shown = [*(titles or [title])[:1], *places[:1]]
    return Text("\n").join(
        marked((part["text"], part["is_match"]) for part in each["parts"]) for each in shown
    )
