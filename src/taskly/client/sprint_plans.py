"""`taskly sprints capacity`, `advice` and `export`: who can take how much, what the next one could be, a plan as a file."""

import enum
from typing import Annotated

import typer

from taskly.client.asking import Json
from taskly.client.naming import (
    find_board,
    find_card,
    find_people,
    find_sprint,
    find_workspace,
    signed_in,
)
from taskly.client.showing import AsJson, show_fields, show_json, show_table, show_text
from taskly.client.words import BoardNamed, SprintMeant, WorkspaceNamed

app = typer.Typer()


class Form(enum.StrEnum):
    """How a plan is written."""

    CSV = "csv"
    ICS = "ics"


@app.command("capacity")
def show_capacity(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", help="As if this card were in it; may be repeated.")
    ] = None,
    assign: Annotated[
        list[str] | None,
        typer.Option("--assign", "-a", help="And this person on these cards: a login, or me."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who has how much in a sprint, and what cards would do to that before you add them."""
    if assign and not add:
        raise typer.BadParameter("--assign is about cards: name them with --add.")
    with signed_in() as server:
        home = find_workspace(server, workspace)
        meant = find_sprint(server, find_board(server, home, board), sprint)
        path, query = f"/sprints/{meant['id']}/capacity", {}
        if add:
            path += "/preview"
            query["add"] = [find_card(server, workspace, each)["id"] for each in add]
            query["assignee"] = find_people(server, home, assign or [])
        answer: Json = server.get(path, **query)
    if as_json:
        show_json(answer)
        return
    for effect in answer.get("effects", ()):
        show_text(effect)
    _show_load(answer.get("after", answer))


@app.command("advice")
def show_advice(
    *,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    last: Annotated[
        int, typer.Option("--last", min=1, max=20, help="By so many of the last sprints.")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Show what the next sprint could be, and what its plan has not thought of."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path = f"/boards/{find_board(server, home, board)['id']}/planning"
        answer: Json = server.get(path, last=last)
    if as_json:
        show_json(answer)
        return
    show_text(answer["suggestion"]["reason"])
    show_table(
        ("Card", "Title", "Points"),
        ((c["key"], c["title"], c["story_points"]) for c in answer["suggestion"]["cards"]),
    )
    show_fields(
        [
            ("Without estimate", [each["key"] for each in answer["without_estimate"]["cards"]]),
            ("Blocked", [each["key"] for each in answer["blocked"]["cards"]]),
            (
                "Out of order",
                [
                    f"{each['blocked_key']} waits for {each['blocker_key']}"
                    for each in answer["out_of_order"]["dependencies"]
                ],
            ),
        ]
    )


@app.command("export")
def export_plan(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    form: Annotated[Form, typer.Option("--format", help="A table or a calendar.")] = Form.CSV,
) -> None:
    """Print the plan of a sprint as a file: a table of its cards, or a calendar."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        meant = find_sprint(server, find_board(server, home, board), sprint)
        written = server.file(f"/sprints/{meant['id']}/export", format=form.value)
    typer.echo(written, nl=False)


def _show_load(load: Json) -> None:
    show_fields(
        [
            ("Points", f"{load['points']} of {load['capacity']}"),
            ("Nobody on them", load["unassigned_points"] or None),
            ("Health", load["health"]),
        ]
    )
    for strain in load["strains"]:
        show_text(strain["detail"])
    show_table(
        ("Person", "Cards", "Load", "Capacity", "Over"),
        (
            (p["name"], p["cards"], _number(p["load"]), _number(p["capacity"]), _over(p["over"]))
            for p in load["people"]
        ),
    )


def _over(points: float) -> str | None:
    return _number(points) if points > 0 else None


def _number(points: float) -> str:
    """Points without digits that say nothing.

    >>> _number(8.0), _number(9.6)
    ('8', '9.6')
    """
    return f"{points:g}"
