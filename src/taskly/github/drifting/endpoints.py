"""HTTP of cards that drift."""

from taskly.boards.access import BoardToRead
from taskly.github.development_schemas import DriftingCard
from taskly.github.drifting import finding
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession

router = Router(tags=["github"])


@router.get(
    "/boards/{board_id}/drift", summary="List cards that drift", responses=problems(NotFound)
)
async def list_drift(
    board: BoardToRead, session: ReadSession, runtime: RuntimeOf, paging: Paging
) -> Page[DriftingCard]:
    """List the cards of a board that have come apart from their code, column by column.

    Each says what shows it, since when, and what to do. Paging shows each card once, as long as it is not
    moved meanwhile.
    """
    return await finding.list_drift(session, board, paging, runtime.clock.now())
