"""HTTP of saved views."""

from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response

from taskly.boards.errors import NoSuchBoard
from taskly.platform.http.entity_tags import require_current, version_tag
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.search import view_repository, views
from taskly.search.access import ViewToChange, ViewToRead, WorkspaceToAddTo
from taskly.search.errors import QueryInvalid, TooManyViews
from taskly.search.view_schemas import CreateView, UpdateView, ViewResponse
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.workspaces.access import WorkspaceToRead

router = Router(tags=["search"])

IfMatch = Annotated[str | None, Header(description="Refuse unless this is the view's version.")]
OfBoard = Annotated[UUID | None, Query(description="Only views of this board.")]


@router.post(
    "/workspaces/{workspace_id}/views",
    status_code=201,
    responses=problems(Forbidden, NotFound, QueryInvalid, NoSuchBoard, TooManyViews),
)
async def create_view(
    access: WorkspaceToAddTo, body: CreateView, principal: SignedIn, tx: Tx
) -> ViewResponse:
    """Save a query under a name, for oneself or, as a member, for all."""
    return ViewResponse.of(await views.create_view(tx, access, principal.user_id, body))


@router.get("/workspaces/{workspace_id}/views", responses=problems(NotFound))
async def list_views(
    access: WorkspaceToRead,
    principal: SignedIn,
    session: ReadSession,
    paging: Paging,
    board_id: OfBoard = None,
) -> Page[ViewResponse]:
    """List one's own views of a workspace and those that are shared, oldest first."""
    rows = await view_repository.views_of(
        session,
        access.workspace.id,
        principal.user_id,
        board_id=board_id,
        after=paging.after(UUID),
        limit=paging.rows,
    )
    return paging.page(rows, ViewResponse.of, lambda view: view.id)


@router.get("/views/{view_id}", responses=problems(NotFound))
async def read_view(access: ViewToRead, response: Response) -> ViewResponse:
    """Read a view."""
    response.headers["ETag"] = version_tag(access.view.version)
    return ViewResponse.of(access.view)


@router.patch("/views/{view_id}", responses=problems(Forbidden, NotFound, QueryInvalid, Stale))
async def update_view(
    access: ViewToChange, body: UpdateView, tx: Tx, if_match: IfMatch = None
) -> ViewResponse:
    """Change some fields of a view. For its owner, and for admins if it is shared."""
    require_current(if_match, access.view.version)
    return ViewResponse.of(await views.update_view(tx, access, body))


@router.delete("/views/{view_id}", status_code=204, responses=problems(Forbidden, NotFound, Stale))
async def delete_view(access: ViewToChange, tx: Tx, if_match: IfMatch = None) -> None:
    """Delete a view. For its owner, and for admins if it is shared."""
    require_current(if_match, access.view.version)
    await views.delete_view(tx, access)
