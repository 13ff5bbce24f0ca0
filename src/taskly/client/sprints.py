"""`taskly sprints`: list, show and plan them, put cards in and take them out, start and complete them."""

import enum
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from taskly.client.asking import Json
from taskly.client.card_page import priority_of
from taskly.client.naming import find_board, find_card, find_workspace, signed_in, sprint_meant
from taskly.client.showing import AsJson, show_fields, show_json, show_table, show_text
from taskly.client.words import (
    BoardMaybe,
    BoardNamed,
    CardsMeant,
    SprintMeant,
    WorkspaceNamed,
    a_day,
    require_none_before,
)

app = typer.Typer(help="Sprints: list, plan, show, start and complete them.")

LENGTH, AHEAD = 14, 2

Goal = Annotated[str, typer.Option("--goal", help="What it is for.")]
Starts = Annotated[date, typer.Option("--starts", parser=a_day, metavar="YYYY-MM-DD")]
Capacity = Annotated[int, typer.Option("--capacity", min=0, help="In story points.")]


class Unfinished(enum.StrEnum):
    """Where cards go that are not done."""

    BACKLOG = "backlog"
    NEXT_SPRINT = "next-sprint"


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context,
    board: BoardMaybe = None,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        require_none_before(context)
    elif board is None:
        raise typer.BadParameter("Say of which board, with --board.")
    else:
        list_sprints(board=board, workspace=workspace, as_json=as_json)


@app.command("list")
def list_sprints(
    *, board: BoardNamed, workspace: WorkspaceNamed = None, as_json: AsJson = False
) -> None:
    """List the sprints of a board; `taskly sprints` alone does the same."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        every = server.every(f"/boards/{find_board(server, home, board)['id']}/sprints")
    if as_json:
        show_json(every)
    else:
        _show_sprints(every)


@app.command("show")
def show_sprint(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Show a sprint with its totals, its load and its cards."""
    with signed_in() as server:
        meant = sprint_meant(server, workspace, board, sprint)
        timeline: Json = server.get(
            f"/boards/{meant['board_id']}/timeline", since=meant["ends_on"], backlog=0
        )
    shown = next(each for each in timeline["sprints"] if each["id"] == meant["id"])
    if as_json:
        show_json(shown)
        return
    show_text(shown["name"], "bold")
    show_fields(_fields(shown))
    show_table(
        ("Card", "Title", "Priority", "Points", "Done"),
        (
            (c["key"], c["title"], priority_of(c), c["story_points"], "yes" if c["is_done"] else "")
            for c in shown["cards"]
        ),
    )


@app.command("create")
def create_sprint(
    *,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    board: BoardNamed,
    starts: Starts,
    ends: Annotated[date, typer.Option("--ends", parser=a_day, metavar="YYYY-MM-DD")],
    workspace: WorkspaceNamed = None,
    goal: Goal = "",
    capacity: Capacity = 40,
    as_json: AsJson = False,
) -> None:
    """Plan one sprint."""
    body: Json = {"name": name, "goal": goal, "capacity": capacity}
    body |= {"starts_on": starts.isoformat(), "ends_on": ends.isoformat()}
    with signed_in() as server:
        home = find_workspace(server, workspace)
        made: Json = server.post(f"/boards/{find_board(server, home, board)['id']}/sprints", body)
    if as_json:
        show_json(made)
        return
    _show_sprints([made])
    for warning in made["warnings"]:
        typer.echo(warning["detail"], err=True)


@app.command("series")
def set_series(
    *,
    name: Annotated[str, typer.Argument(help="What they are called, with {n} for the number.")],
    board: BoardNamed,
    starts: Starts,
    workspace: WorkspaceNamed = None,
    days: Annotated[int, typer.Option("--days", min=2, help="How long each is.")] = LENGTH,
    pause: Annotated[int, typer.Option("--pause", min=0, help="Days between two of them.")] = 0,
    number: Annotated[int, typer.Option("--number", min=1, help="Of the first one.")] = 1,
    ahead: Annotated[
        int | None,
        typer.Option(
            "--ahead",
            min=0,
            help="So many are always planned; 0: none by itself. Else as before, and 2 of a new series.",
            show_default=False,
        ),
    ] = None,
    capacity: Capacity = 40,
    as_json: AsJson = False,
) -> None:
    """Say what the sprints of a board have in common, of which the next ones are made by themselves."""
    body: Json = {"name": name, "length_days": days, "days_between": pause, "capacity": capacity}
    body |= {"starts_on": starts.isoformat(), "first_number": number}
    body |= {} if ahead is None else {"ahead": ahead}
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path = f"/boards/{find_board(server, home, board)['id']}/sprint-series"
        answer: Json = server.put(path, body)
    if as_json:
        show_json(answer)
    else:
        verb = "is" if answer["ahead"] == 1 else "are"
        kept = f" {answer['ahead']} {verb} always planned." if answer["ahead"] else ""
        show_text(f"{answer['name']}: {answer['length_days']} days each, from {starts} on.{kept}")


@app.command("plan")
def plan_ahead(
    *,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    ahead: Annotated[
        int, typer.Option("--ahead", min=1, help="So many are planned afterwards.")
    ] = AHEAD,
    as_json: AsJson = False,
) -> None:
    """Make the next sprints of the series. Asked again it makes none, until one of them has begun."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path = f"/boards/{find_board(server, home, board)['id']}/sprint-series/sprints"
        answer: Json = server.post(path, {"ahead": ahead})
    if as_json:
        show_json(answer["sprints"])
    else:
        _show_sprints(answer["sprints"])


@app.command("add")
def add_cards(
    *,
    sprint: SprintMeant,
    cards: CardsMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Put cards into a sprint: all of them or, if one can't be, none."""
    _change_scope(sprint, board, workspace, add=cards, as_json=as_json)


@app.command("remove")
def remove_cards(
    *,
    sprint: SprintMeant,
    cards: CardsMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Take cards out of a sprint, back to the backlog."""
    _change_scope(sprint, board, workspace, remove=cards, as_json=as_json)


@app.command("start")
def start_sprint(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Start a sprint, which keeps what it is committed to."""
    with signed_in() as server:
        meant = sprint_meant(server, workspace, board, sprint)
        answer: Json = server.post(f"/sprints/{meant['id']}/start")
    if as_json:
        show_json(answer)
        return
    committed = answer["commitment"]
    show_text(f"{meant['name']} has started with {_amount(committed)}.")


@app.command("complete")
def complete_sprint(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    unfinished: Annotated[
        Unfinished, typer.Option("--unfinished", help="Where cards go that are not done.")
    ] = Unfinished.BACKLOG,
    as_json: AsJson = False,
) -> None:
    """Complete a sprint, which keeps what came of it."""
    with signed_in() as server:
        meant = sprint_meant(server, workspace, board, sprint)
        body = {"unfinished": unfinished.value.replace("-", "_")}
        answer: Json = server.post(f"/sprints/{meant['id']}/complete", body)
    if as_json:
        show_json(answer)
        return
    outcome = answer["outcome"]
    show_text(f"{meant['name']} is completed: {_amount(outcome['completed'])} done.")
    if outcome["not_completed"]["cards"]:
        place = unfinished.value.replace("-", " ")
        show_text(f"{_amount(outcome['not_completed'])} went to the {place}.")


def _change_scope(
    sprint: str,
    board: str,
    workspace: str | None,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    as_json: bool,
) -> None:
    with signed_in() as server:
        meant = sprint_meant(server, workspace, board, sprint)
        named = {"add": add, "remove": remove}
        body = {
            name: [find_card(server, workspace, each)["id"] for each in keys]
            for name, keys in named.items()
        }
        answer: Json = server.post(f"/sprints/{meant['id']}/cards", body)
        load: Json = server.get(f"/sprints/{meant['id']}/capacity")
    if as_json:
        show_json(answer)
    else:
        show_text(f"{meant['name']} has {load['points']} of {load['capacity']} points.")
        for strain in load["strains"]:
            show_text(strain["detail"])


def _show_sprints(every: Sequence[Json]) -> None:
    show_table(
        ("Sprint", "Status", "Begins", "Ends", "Capacity", "Goal"),
        (
            (s["name"], s["status"], s["starts_on"], s["ends_on"], s["capacity"], s["goal"])
            for s in every
        ),
    )


def _fields(sprint: Json) -> list[tuple[str, object]]:
    totals, load = sprint["totals"], sprint["load"]
    return [
        ("Goal", sprint["goal"]),
        ("Status", sprint["status"]),
        ("Days", f"{sprint['starts_on']} to {sprint['ends_on']}"),
        ("Cards", f"{totals['cards_done']} of {totals['cards']} done"),
        ("Points", f"{totals['points_done']} of {totals['points']} done"),
        ("Capacity", sprint["capacity"]),
        ("Health", ", ".join([load["health"], *(each["detail"] for each in load["strains"])])),
    ]


def _amount(listed: Json) -> str:
    count, points = len(listed["cards"]), listed["points"]
    return f"{count} {'card' if count == 1 else 'cards'} and {points} points"
