"""HTTP of the scope of sprints."""

from taskly.boards.errors import BoardArchived
from taskly.cards.bulk_schemas import BulkResponse
from taskly.cards.errors import BulkRefused
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.sprints import scope
from taskly.sprints.access import SprintToEdit, SprintToRead
from taskly.sprints.scope_schemas import ChangeScope, ScopeChangeResponse
from taskly.users.access import ReadSession, Tx

router = Router(tags=["sprints"])


@router.post(
    "/sprints/{sprint_id}/cards",
    responses=problems(Forbidden, NotFound, BoardArchived, Stale, BulkRefused),
)
async def change_sprint_scope(access: SprintToEdit, body: ChangeScope, tx: Tx) -> BulkResponse:
    """Put cards into a sprint, and others back into the backlog; all of them or none. For members."""
    return await scope.change_scope(tx, access, body)


@router.get("/sprints/{sprint_id}/scope-changes", responses=problems(NotFound))
async def list_scope_changes(
    access: SprintToRead, session: ReadSession, paging: Paging
) -> Page[ScopeChangeResponse]:
    """List which cards came into a sprint, left it or got other points in it: when, by whom, from the first one on.

    It is read from the board's log.
    """
    return await scope.scope_changes(session, access.sprint, paging)
