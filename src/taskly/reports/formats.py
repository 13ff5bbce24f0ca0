"""The formats in which reports are handed out."""

import enum
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import HTMLResponse, Response

from taskly.reports.document import Document
from taskly.reports.rendering import as_html, as_markdown


class ReportFormat(enum.StrEnum):
    """How a report is written."""

    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


Format = Annotated[ReportFormat, Query(alias="format", description="How the report is written.")]

FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report.",
        "content": {
            "text/markdown": {"schema": {"type": "string"}, "example": "# Sprint 12\n…"},
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
        },
    }
}
"""What operations answer besides JSON."""

_HEADERS = {
    "Cache-Control": "private, no-store",
    # Mail programs need styles in attributes, so the page has them, too.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def written(document: Document, form: ReportFormat) -> Response:
    """The report in Markdown or as a page."""
    if form is ReportFormat.HTML:
        return HTMLResponse(as_html(document), headers=_HEADERS)
    return Response(as_markdown(document), media_type="text/markdown; charset=utf-8")
