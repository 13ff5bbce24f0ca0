"""HTTP of release notes."""

import enum
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query, Response

from taskly.boards.access import BoardToRead
from taskly.insights.errors import BadRange
from taskly.kit.slugs import slugify
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Day
from taskly.platform.runtime import RuntimeOf
from taskly.release_notes import service
from taskly.release_notes.errors import TooMuchForNotes
from taskly.release_notes.schemas import ReleaseNotes
from taskly.release_notes.writing import as_html, as_markdown

router = Router(tags=["release notes"])


class NotesFormat(enum.StrEnum):
    """How notes are written."""

    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


_FILES: dict[NotesFormat, tuple[str, str, Callable[[ReleaseNotes], str]]] = {
    NotesFormat.MARKDOWN: ("text/markdown; charset=utf-8", "md", as_markdown),
    NotesFormat.HTML: ("text/html; charset=utf-8", "html", as_html),
}
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ReleaseNotes,
        "description": "The notes.",
        "content": {
            "text/markdown": {"schema": {"type": "string"}, "example": "# Payments: …"},
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
        },
    }
}

From = Annotated[
    Day | None,
    Query(
        alias="from",
        description="The first day, in the workspace's time zone.",
        examples=["2026-11-23"],
    ),
]
To = Annotated[
    Day | None,
    Query(description="The last day; until now, if left out.", examples=["2026-12-04"]),
]
Format = Annotated[NotesFormat, Query(alias="format", description="How they are written.")]


@router.get(
    "/boards/{board_id}/release-notes",
    response_class=Response,
    responses={**_SHOWN, **problems(NotFound, BadRange, TooMuchForNotes)},
)
async def read_release_notes(
    board: BoardToRead,
    runtime: RuntimeOf,
    from_: From = None,
    to: To = None,
    form: Format = NotesFormat.JSON,
) -> Response:
    """Read what was completed between two days, by labels, with the pull requests and the people behind it."""
    if from_ is None:
        raise BadRange("Say since when: with the day `from`.")
    return _shown(await service.notes_of_days(runtime, board, from_, to), form)


def _shown(notes: ReleaseNotes, form: NotesFormat) -> Response:
    if form is NotesFormat.JSON:
        return Response(notes.model_dump_json(), media_type="application/json")
    media_type, ending, written = _FILES[form]
    name = f"{slugify(notes.heading, default='release-notes')}.{ending}"
    return Response(
        written(notes),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
