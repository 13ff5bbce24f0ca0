"""`taskly reports`: what came of a sprint or a week, and what was completed for those who use it; in Markdown, to be
pasted somewhere.
"""

from datetime import date
from typing import Annotated

import typer

from taskly.client.asking import Server
from taskly.client.naming import find_board, find_workspace, signed_in, sprint_meant
from taskly.client.showing import AsJson, printable, show_json
from taskly.client.words import BoardNamed, SprintMeant, WorkspaceNamed, a_day

app = typer.Typer(help="Reports in Markdown: of a sprint, of a week; release notes.")


@app.command("sprint")
def report_sprint(
    *,
    sprint: SprintMeant,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Print what is to come of a sprint, what has, or what did."""
    with signed_in() as server:
        meant = sprint_meant(server, workspace, board, sprint)
        _show(server, f"/sprints/{meant['id']}/report", as_json=as_json)


@app.command("week")
def report_week(
    *,
    week: Annotated[
        str | None, typer.Argument(help="Such as 2026-W48; else the last one that is over.")
    ] = None,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    as_json: AsJson = False,
) -> None:
    """Print what happened on a board in a week, and how its sprints stand."""
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path = f"/boards/{find_board(server, home, board)['id']}/digest"
        _show(server, path, as_json=as_json, week=week)


@app.command("notes")
def release_notes(
    *,
    board: BoardNamed,
    workspace: WorkspaceNamed = None,
    first: Annotated[
        date | None,
        typer.Option("--from", parser=a_day, metavar="YYYY-MM-DD", help="The first day."),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", parser=a_day, metavar="YYYY-MM-DD", help="The last day; else now."),
    ] = None,
    from_tag: Annotated[
        str | None, typer.Option("--from-tag", help="Of the release before, in place of days.")
    ] = None,
    to_tag: Annotated[
        str | None, typer.Option("--to-tag", help="Of the release; else the default branch.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print release notes: what was completed between two days, or merged between two tags."""
    if (first is None) == (from_tag is None):
        raise typer.BadParameter("Say since when: with --from, or with --from-tag.")
    asked = {"from": first, "to": last, "from_tag": from_tag, "to_tag": to_tag}
    with signed_in() as server:
        home = find_workspace(server, workspace)
        path = f"/boards/{find_board(server, home, board)['id']}/release-notes"
        _show(server, path, as_json=as_json, **asked)


def _show(server: Server, path: str, *, as_json: bool, **asked: object) -> None:
    if as_json:
        show_json(server.get(path, **asked))
    else:
        typer.echo(printable(server.file(path, format="markdown", **asked)), nl=False)
