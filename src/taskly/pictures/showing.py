"""How pictures go out."""

import enum
from typing import Any

from fastapi import Response

from taskly.platform.http.entity_tags import content_tag, names_tag

MEDIA_TYPE = "image/svg+xml"
PRIVATE = "private, no-cache"
PUBLIC = "public, max-age=300"
"""GitHub's image proxy, which would keep a picture for a year, keeps it for so long, and so do browsers."""
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A picture that is opened by itself loads nothing, runs nothing and belongs to no site."""


class FlowBy(enum.StrEnum):
    """Of what a band of the flow is."""

    CATEGORY = "category"
    COLUMN = "column"


PICTURE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture.",
        "content": {
            MEDIA_TYPE: {
                "schema": {"type": "string"},
                "example": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
            }
        },
    },
    304: {"description": "The caller's copy is the present one."},
}


def picture_response(svg: str, if_none_match: str | None, caching: str) -> Response:
    """A picture, or 304 for whoever has it."""
    body = svg.encode()
    tag = content_tag(body)
    headers = {"ETag": tag, "Cache-Control": caching, "Content-Security-Policy": POLICY}
    if names_tag(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
