"""`taskly insights`: what a board's past says of how its team works, as a sentence and a table."""

import enum
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import typer

from taskly.client.asking import Json, Server
from taskly.client.naming import (
    find_board,
    find_part,
    find_people,
    find_sprint,
    find_workspace,
    signed_in,
)
from taskly.client.showing import AsJson, show_json, show_table, show_text
from taskly.client.words import Assign, BoardNamed, Label, SprintsNamed, WorkspaceNamed, a_day

app = typer.Typer()

DAY_SECONDS = 24 * 60 * 60
PERCENTS = ("p50", "p85", "p95")


class Figure(enum.StrEnum):
    """What can be asked."""

    BURNDOWN = "burndown"
    VELOCITY = "velocity"
    FLOW = "flow"
    DURATIONS = "durations"
    AGEING = "ageing"
    THROUGHPUT = "throughput"
    FORECAST = "forecast"
    REVIEWS = "reviews"
    UNSEEN = "unseen"


SELECTION, DAYS, OUTLOOK = {"sprint", "label", "assign"}, {"from", "to"}, {"cards", "by", "seed"}
TAKES = {
    **dict.fromkeys(Figure, SELECTION | DAYS),
    Figure.BURNDOWN: SELECTION,
    Figure.VELOCITY: SELECTION | DAYS | {"last"},
    Figure.FORECAST: SELECTION | DAYS | OUTLOOK,
    Figure.UNSEEN: DAYS,
}
"""The options that say something to each figure."""

Table = tuple[Sequence[str], Iterable[Sequence[object]]]


@app.command("insights", no_args_is_help=True)
def show_insight(
    *,
    figure: Annotated[Figure, typer.Argument(help="What you want to know.")],
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    sprint: SprintsNamed = None,
    label: Label = None,
    assign: Assign = None,
    first: Annotated[str | None, typer.Option("--from", help="The first day.")] = None,
    last_day: Annotated[str | None, typer.Option("--to", help="The last day.")] = None,
    last: Annotated[int | None, typer.Option("--last", help="So many sprints: velocity.")] = None,
    cards: Annotated[int | None, typer.Option("--cards", help="So many to do: forecast.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="How many by a day: forecast.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Other futures: forecast.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a figure of a board, computed from its log: as a sentence, and what is behind it."""
    given: Json = {
        "sprint": sprint,
        "label": label,
        "assign": assign,
        "from": first,
        "to": last_day,
    }
    given |= {"last": last, "cards": cards, "by": by, "seed": seed}
    asked = {name: value for name, value in given.items() if value is not None}
    for name in asked.keys() - TAKES[figure]:
        raise typer.BadParameter(f"--{name} says nothing about {figure.value}.")
    with signed_in() as server:
        home = find_workspace(server, workspace)
        there: Json = server.get(f"/boards/{find_board(server, home, board)['id']}")
        path = f"/boards/{there['id']}/insights/{figure.value}"
        answer: Json = server.get(path, **_query(server, home, there, asked))
    if as_json:
        show_json(answer)
        return
    show_text(answer["reading"])
    if answer.get("how_many_reading"):
        show_text(answer["how_many_reading"])
    show_table(*TABLES[figure](answer, there))


def _query(server: Server, home: Json, board: Json, asked: Json) -> Json:
    """What is asked, with ids for names."""
    query = {name: asked[name] for name in asked.keys() & {"last", "cards", "seed"}}
    query |= {name: a_day(asked[name]).isoformat() for name in asked.keys() & {"from", "to", "by"}}
    if "sprint" in asked:
        query["sprint"] = [find_sprint(server, board, each)["id"] for each in asked["sprint"]]
    if "label" in asked:
        query["label"] = [find_part(board, "label", each)["id"] for each in asked["label"]]
    if "assign" in asked:
        query["assignee"] = find_people(server, home, asked["assign"])
    return query


def _burndown(answer: Json, _board: Json) -> Table:
    scopes = [each["scope"] for each in answer["days"] if each["scope"] is not None]
    unit = _unit(estimated=bool(scopes and scopes[-1]["points"]))
    rows = (
        (
            each["date"],
            *(each[name] and each[name][unit] for name in ("scope", "done", "remaining")),
            each["ideal"] and round(each["ideal"][unit], 1),
        )
        for each in answer["days"]
    )
    return ("Day", "Scope", "Done", "Remaining", "Ideal"), rows


def _velocity(answer: Json, _board: Json) -> Table:
    names = ("committed", "added", "removed", "estimated", "completed", "carried_over")
    unit = _unit(estimated=bool(answer["points"] and answer["points"]["highest"]))
    rows = (
        (each["sprint"]["name"], *(each[name][unit] for name in names))
        for each in answer["sprints"]
    )
    return ("Sprint", *(_titled(name) for name in names)), rows


def _unit(*, estimated: bool) -> str:
    """What the figures of sprints count, as the sentence above them does."""
    return "points" if estimated else "cards"


def _flow(answer: Json, _board: Json) -> Table:
    rows = ((each["date"], *each["by_category"].values()) for each in answer["days"])
    return ("Day", "To do", "In progress", "Done"), rows


def _durations(answer: Json, _board: Json) -> Table:
    columns = {each["id"]: each["name"] for each in answer["columns"]}
    found = [("Cycle time", answer["cycle_time"]), ("Lead time", answer["lead_time"])]
    found += [(f"In {columns[each['column_id']]}", each["time"]) for each in answer["in_columns"]]
    return _percentiles(found)


def _reviews(answer: Json, _board: Json) -> Table:
    names = (("To first review", "first_review"), ("Review", "review"), ("Merge", "merge"))
    return _percentiles([(title, answer[name]) for title, name in names])


def _percentiles(found: Iterable[tuple[str, Json | None]]) -> Table:
    rows = (
        (title, *(days_of(times[percent]) for percent in PERCENTS))
        for title, times in found
        if times is not None
    )
    return ("In days", "50 %", "85 %", "95 %"), rows


def _ageing(answer: Json, board: Json) -> Table:
    cards = {each["id"]: each for each in board["cards"]}
    columns = {each["id"]: each["name"] for each in board["columns"]}
    rows = []
    for each in answer["cards"]:
        card = cards.get(each["card_id"])  # None for one that has just gone.
        named = (f"{board['key']}-{card['number']}", card["title"]) if card else ("", "")
        older = each["older_than"] and f"{each['older_than']} %"
        rows.append((*named, columns.get(each["column_id"]), days_of(each["age"]), older))
    return ("Card", "Title", "Column", "Days", "Older than"), rows


def _throughput(answer: Json, _board: Json) -> Table:
    return ("Week of", "Cards"), ((each["monday"], each["cards"]) for each in answer["weeks"])


def _forecast(answer: Json, _board: Json) -> Table:
    many = {each["percent"]: each["cards"] for each in answer["how_many"] or ()}
    when = {each["percent"]: each["day"] or "later" for each in answer["when_done"] or ()}
    rows = (
        (f"{percent} %", when.get(percent), many.get(percent)) for percent in sorted({*many, *when})
    )
    if answer["by"] is None:
        return ("Sure to", "Done by"), ((sure, day) for sure, day, _ in rows)
    return ("Sure to", "Done by", f"Cards by {answer['by']}"), rows


def _unseen(answer: Json, _board: Json) -> Table:
    rows = ((each["monday"], each["merged"], each["unseen"]) for each in answer["weeks"])
    return ("Week of", "Merged", "Unseen"), rows


TABLES: dict[Figure, Callable[[Json, Json], Table]] = {
    Figure.BURNDOWN: _burndown,
    Figure.VELOCITY: _velocity,
    Figure.FLOW: _flow,
    Figure.DURATIONS: _durations,
    Figure.AGEING: _ageing,
    Figure.THROUGHPUT: _throughput,
    Figure.FORECAST: _forecast,
    Figure.REVIEWS: _reviews,
    Figure.UNSEEN: _unseen,
}


def _titled(name: str) -> str:
    return name.replace("_", " ").capitalize()


def days_of(seconds: int) -> str:
    """A duration in days.

    >>> days_of(216_000)
    '2.5'
    """
    return f"{seconds / DAY_SECONDS:.1f}"
