"""HTTP of release notes."""

import enum
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from taskly.boards.access import BoardToRead
from taskly.github.errors import (
    GitHubRateLimited,
    GitHubRefuses,
    GitHubUnavailable,
    NoRepository,
)
from taskly.insights.errors import BadRange
from taskly.kit.slugs import slugify
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Day, Line
from taskly.platform.runtime import RuntimeOf
from taskly.release_notes import service
from taskly.release_notes.errors import NoSuchTag, TooMuchForNotes
from taskly.release_notes.schemas import ReleaseNotes
from taskly.release_notes.tags import Tags
from taskly.release_notes.writing import as_html, as_markdown
from taskly.users.access import CostlyLimited

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

Tag = Annotated[Line, Field(max_length=255)]
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
FromTag = Annotated[
    Tag | None,
    Query(
        description="The tag of the release before, in place of days.",
        examples=["v1.2"],
    ),
]
ToTag = Annotated[
    Tag | None,
    Query(
        description="The tag of the release; where the default branch stands, if left out.",
        examples=["v1.3"],
    ),
]
Repository = Annotated[
    UUID | None,
    Query(
        description="Whose tags these are; the board's default repository, or the only one that is connected, if "
        "left out."
    ),
]
Format = Annotated[NotesFormat, Query(alias="format", description="How they are written.")]


@router.get(
    "/boards/{board_id}/release-notes",
    response_class=Response,
    responses={
        **_SHOWN,
        **problems(
            NotFound,
            BadRange,
            TooMuchForNotes,
            NoRepository,
            NoSuchTag,
            GitHubRefuses,
            GitHubRateLimited,
            GitHubUnavailable,
        ),
    },
    dependencies=[CostlyLimited],
)
async def read_release_notes(
    board: BoardToRead,
    runtime: RuntimeOf,
    from_: From = None,
    to: To = None,
    from_tag: FromTag = None,
    to_tag: ToTag = None,
    repository_id: Repository = None,
    form: Format = NotesFormat.JSON,
) -> Response:
    """Read what was completed between two days, or merged between two tags: by labels, with pull requests and people.

    Between tags the cards are in whose pull requests were merged by commits that `to_tag` has and `from_tag` has not.
    """
    if from_tag is not None and from_ is None and to is None:
        tags = Tags(from_tag, to_tag, repository_id)
        return _shown(await service.notes_of_tags(runtime, board, tags), form)
    if from_ is None or from_tag is not None or to_tag is not None:
        raise BadRange("Say since when: either with the day `from`, or with the tag `from_tag`.")
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
