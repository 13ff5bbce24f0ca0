"""What the API takes to import issues."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.imports.issues.plan import Field as CardField
from taskly.imports.issues.plan import Which
from taskly.platform.http.schema import Flag, Request


class PreviewIssues(Request):
    """Issues of a connected repository, and where on a board they are to go."""

    board_id: UUID
    repository_id: UUID
    issues: Which = Which.OPEN
    open_column_id: UUID | None = Field(
        default=None, description="The column for open issues; by default the first that is to do."
    )
    done_column_id: UUID | None = Field(
        default=None, description="The column for closed issues; by default the last that is done."
    )
    comments: Flag = Field(default=False, description="Whether comments come, too.")
    update: Annotated[
        list[CardField],
        Field(
            max_length=len(CardField),
            description="What a start with `again=true` brings up to date of cards that are there.",
        ),
    ] = [CardField.TITLE, CardField.LABELS, CardField.COLUMN]
