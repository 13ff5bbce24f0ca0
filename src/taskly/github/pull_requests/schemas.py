"""What the API takes and shows of the pull requests of a card, besides what the board shows."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.github.models import URL_LENGTH
from taskly.platform.http.schema import Line, Request, Response


class LinkPullRequest(Request):
    """A pull request of a connected repository."""

    url: Annotated[
        Line,
        Field(
            max_length=URL_LENGTH,
            description="Its address at GitHub.",
            examples=["https://github.com/octo/payments/pull/34"],
        ),
    ]


class JobPromise(Response):
    """Work that a job does."""

    job_id: UUID
