"""The doors to searches and views: a query is understood before anything is looked for.

A private view is there for nobody but its owner. A shared one is seen by all, and changed by its owner or an
admin.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from taskly.platform.http.problems import Forbidden, NotFound
from taskly.platform.runtime import runtime_of
from taskly.search import view_repository as views
from taskly.search.errors import QueryInvalid
from taskly.search.finding import Question
from taskly.search.models import ViewAccess
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.mistakes import QueryMistakes
from taskly.search.schemas import QueryText
from taskly.users.access import Principal, ReadSession, SignedIn, Tx
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.models import Role, WorkspaceAccess


async def _asked(
    principal: SignedIn, connection: HTTPConnection, q: Annotated[QueryText, Query()] = ""
) -> Question:
    calendar = Calendar(runtime_of(connection).clock.now())
    try:
        return Question(q, read_query(q, calendar), principal.user_id, calendar.now)
    except QueryMistakes as error:
        raise QueryInvalid.at(("query", "q"), error.mistakes) from None


Asked = Annotated[Question, Depends(_asked)]
"""Without `q`, everything is asked for."""


async def _to_add(workspace_id: UUID, principal: SignedIn, tx: Tx) -> WorkspaceAccess:
    return await open_workspace_to_change(tx, principal, workspace_id, Role.VIEWER)


async def _to_read(view_id: UUID, principal: SignedIn, session: ReadSession) -> ViewAccess:
    access = await views.view_access(session, view_id, principal.user_id)
    if access is None:
        raise NotFound
    return access


async def _to_change(view_id: UUID, principal: SignedIn, tx: Tx) -> ViewAccess:
    """Under the lock of the workspace, in whose stream changes of shared views are recorded."""
    workspace_id = await views.workspace_of(tx.session, view_id)
    if workspace_id is None:
        raise NotFound
    await open_workspace_to_change(tx, principal, workspace_id, Role.VIEWER)
    access = await views.view_access(tx.session, view_id, principal.user_id)
    if access is None:
        raise NotFound
    _require_owner_or_admin(principal, access)
    return access


def _require_owner_or_admin(principal: Principal, access: ViewAccess) -> None:
    is_owner = access.view.owner_id == principal.user_id
    if not is_owner and access.workspace.role is not Role.ADMIN:
        raise Forbidden("A shared view is changed by its owner or an admin.")


WorkspaceToAddTo = Annotated[WorkspaceAccess, Depends(_to_add)]
"""For everybody in it: a private view changes nothing that others see."""
ViewToRead = Annotated[ViewAccess, Depends(_to_read)]
ViewToChange = Annotated[ViewAccess, Depends(_to_change)]
