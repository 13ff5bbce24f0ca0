"""What the API takes and shows of the pull requests of a card, besides what the board shows."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.github.models import URL_LENGTH
from taskly.github.rules.card_text import LONGEST_TITLE
from taskly.github.schemas import BranchName
from taskly.platform.http.schema import Line, Request


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


class DraftPullRequest(Request):
    """A draft pull request to make. What is left out is chosen: the card's only branch, the default branch, a title."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{}, {"base": "main", "title": "PAY-12 Refund twice"}]}
    )

    branch_id: UUID | None = Field(
        default=None, description="The branch of the card from which to merge, by its id."
    )
    base: BranchName | None = Field(default=None, description="The branch into which to merge.")
    title: Annotated[Line, Field(max_length=LONGEST_TITLE)] | None = None
