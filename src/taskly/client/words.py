"""The options and arguments that several commands take, and what the shell is offered for them.

What is offered is asked of the server, once and briefly; whatever goes wrong, nothing is offered then.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated

import typer

from taskly.client.asking import Json, Server
from taskly.client.naming import as_word, find_board, find_workspace, signed_in
from taskly.client.showing import printable

COMPLETING_SECONDS = 2
MOST_OFFERED = 100


def some_of(
    server: Server, path: str, limit: int | None, usual: int | None, query: str
) -> list[Json]:
    """What a list shows: as many as was said, else as usual; then who sees only a part is told so."""
    found, has_more = server.first(path, limit or usual, q=query)
    if has_more and limit is None:
        typer.echo(f"{len(found)} shown, there are more: use --limit.", err=True)
    return found


def require_none_before(context: typer.Context) -> None:
    """Refuse options in front of a command's second word, where they would count for nothing.

    Raises:
        typer.BadParameter: there are some.
    """
    for name in context.params:
        if was_typed(context, name):
            raise typer.BadParameter(f"Write options behind `{context.invoked_subcommand}`.")


def was_typed(context: typer.Context, name: str) -> bool:
    """Whether an option was typed, and does not come of the environment."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _offered(read: Callable[[Server], Iterable[str]], begun: str) -> list[str]:
    with suppress(Exception), signed_in(timeout=COMPLETING_SECONDS, tries=1) as server:
        return [each for each in map(printable, read(server)) if each.startswith(begun)]
    return []


def _workspaces(incomplete: str) -> list[str]:
    return _offered(
        lambda server: (as_word(each["name"]) for each in server.every("/workspaces")), incomplete
    )


def _boards(context: typer.Context, incomplete: str) -> list[str]:
    def keys(server: Server) -> list[str]:
        workspace = find_workspace(server, context.params.get("workspace"))
        return [each["key"] for each in server.every(f"/workspaces/{workspace['id']}/boards")]

    return _offered(keys, incomplete)


def _cards(context: typer.Context, incomplete: str) -> list[str]:
    def keys(server: Server) -> list[str]:
        found, _ = server.first("/me/cards", MOST_OFFERED, q=_query_of(incomplete))
        return [card["key"] for card in found]

    return _offered(keys, incomplete)


def _query_of(begun: str) -> str:
    """What finds the cards whose keys begin so, or the next longer ones, among however many."""
    board, dash, number = begun.partition("-")
    if not number:
        return f"board:{board}" if dash else ""
    numbers = [number, *(f"{number}{digit}" for digit in range(10))]
    return " OR ".join(f"{board}-{each}" for each in numbers)


def _columns(context: typer.Context, incomplete: str) -> list[str]:
    def names(server: Server) -> list[str]:
        return [as_word(column["name"]) for column in _board_meant(context, server)["columns"]]

    return _offered(names, incomplete)


def _board_meant(context: typer.Context, server: Server) -> Json:
    """The board that is named before, or whose card is."""
    named = context.params.get("board") or str(context.params.get("card", "")).partition("-")[0]
    workspace = find_workspace(server, context.params.get("workspace"))
    board: Json = server.get(f"/boards/{find_board(server, workspace, named)['id']}")
    return board


def _sprints(context: typer.Context, incomplete: str) -> list[str]:
    def names(server: Server) -> list[str]:
        return [as_word(sprint["name"]) for sprint in _board_meant(context, server)["sprints"]]

    return _offered(names, incomplete)


def a_day(text: str) -> date:
    """A day as it is typed.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise typer.BadParameter("Write the day as YYYY-MM-DD.") from None


WorkspaceNamed = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="TASKLY_WORKSPACE",
        help="Its name or id; not needed if you are in one only.",
        autocompletion=_workspaces,
    ),
]
_BOARD = typer.Option(
    "--board", "-b", envvar="TASKLY_BOARD", help="Its key or name.", autocompletion=_boards
)
BoardNamed = Annotated[str, _BOARD]
BoardMaybe = Annotated[str | None, _BOARD]
BoardMeant = Annotated[str, typer.Argument(help="Its key or name.", autocompletion=_boards)]
CardMeant = Annotated[str, typer.Argument(help="Its key, such as PAY-12.", autocompletion=_cards)]
CardsMeant = Annotated[
    list[str], typer.Argument(help="Their keys, such as PAY-12.", autocompletion=_cards)
]
SprintMeant = Annotated[
    str, typer.Argument(help="Its name, such as sprint-12.", autocompletion=_sprints)
]
SprintsNamed = Annotated[
    list[str] | None,
    typer.Option("--sprint", help="Only cards in it; may be repeated.", autocompletion=_sprints),
]
Label = Annotated[list[str] | None, typer.Option("--label", "-l")]
Assign = Annotated[list[str] | None, typer.Option("--assign", "-a", help="A login, or me.")]
ColumnMeant = Annotated[str, typer.Argument(help="The column's name.", autocompletion=_columns)]
ColumnNamed = Annotated[
    str | None,
    typer.Option("--column", "-c", help="Else the first one.", autocompletion=_columns),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=1, help="As many at most; with --json else all.", show_default=False
    ),
]
