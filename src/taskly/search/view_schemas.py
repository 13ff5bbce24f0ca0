"""What the API shows of saved views and takes for them."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from taskly.platform.http.schema import Flag, Line, Request, Response
from taskly.search.models import SavedView
from taskly.search.schemas import QueryText

LONGEST_NAME = 100


def _not_too_long(value: Any) -> Any:
    """Count the blanks around a name, too: the document can't say that they are taken off first."""
    if isinstance(value, str) and len(value) > LONGEST_NAME:
        raise ValueError(f"String should have at most {LONGEST_NAME} characters")
    return value


ViewName = Annotated[
    Line,
    Field(max_length=LONGEST_NAME, examples=["My open bugs"]),
    BeforeValidator(_not_too_long),
]
Shared = Annotated[Flag, Field(description="Whether everybody in the workspace sees it.")]


class ViewSort(Request):
    """One thing to sort by."""

    by: Literal["position", "priority", "due", "points", "created", "updated", "title"]
    descending: Flag = False


class ViewLayout(Request):
    """How the cards of a view are shown. Taskly keeps it for clients; the order of lists is not changed by it."""

    kind: Literal["board", "list"] = "list"
    group_by: Literal["none", "column", "assignee", "label", "priority", "sprint"] = "none"
    sort: Annotated[list[ViewSort], Field(max_length=3)] = []


class CreateView(Request):
    """A new view; with `board_id` it is one of that board."""

    name: ViewName
    query: QueryText
    board_id: UUID | None = None
    layout: ViewLayout = ViewLayout()
    shared: Shared = False


class UpdateView(Request):
    """Fields to change; absent ones stay. A layout is replaced as a whole."""

    name: ViewName = ""
    query: QueryText = ""
    layout: ViewLayout = ViewLayout()
    shared: Shared = False

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        written = self.model_dump(mode="json")
        return {name: written[name] for name in self.model_fields_set}


class ViewResponse(Response):
    """A saved view."""

    id: UUID
    workspace_id: UUID
    board_id: UUID | None
    owner_id: UUID
    name: str = Field(examples=["My open bugs"])
    query: str = Field(examples=["assignee:me label:bug is:open"])
    layout: ViewLayout
    shared: bool
    version: int = Field(examples=[1], description="The view's own count of changes.")

    @classmethod
    def of(cls, view: SavedView) -> Self:
        """The answer for a view."""
        return cls.model_validate(view)
