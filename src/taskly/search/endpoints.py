"""HTTP of searches."""

from taskly.boards.access import BoardToRead
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.search import finding
from taskly.search.access import Asked
from taskly.search.errors import QueryInvalid
from taskly.search.schemas import FoundCard, ListedCard
from taskly.users.access import ReadSession
from taskly.workspaces.access import WorkspaceToRead

router = Router(tags=["search"])


@router.get("/workspaces/{workspace_id}/search", responses=problems(NotFound, QueryInvalid))
async def search_cards(
    access: WorkspaceToRead, asked: Asked, session: ReadSession, paging: Paging
) -> Page[FoundCard]:
    """Find cards by words and filters: those called by their key first, then the best matches.

    Cards that match alike are shown newest first. Paging shows each card once, as long as its words do
    not change meanwhile.
    """
    return await finding.search_workspace(session, access, asked, paging)


@router.get("/boards/{board_id}/cards", responses=problems(NotFound, QueryInvalid))
async def list_board_cards(
    board: BoardToRead, asked: Asked, session: ReadSession, paging: Paging
) -> Page[ListedCard]:
    """List the cards of a board as they stand on it, column by column.

    Paging shows each card once, as long as it is not moved meanwhile.
    """
    return await finding.list_board_cards(session, board, asked, paging)


@router.get("/me/cards", responses=problems(QueryInvalid))
async def list_own_cards(asked: Asked, session: ReadSession, paging: Paging) -> Page[ListedCard]:
    """List the cards that are assigned to me in all workspaces, by due date.

    Paging shows each card once, as long as its due date does not change meanwhile.
    """
    return await finding.list_own_cards(session, asked, paging)
