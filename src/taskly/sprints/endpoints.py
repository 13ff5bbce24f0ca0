"""HTTP of sprints."""

from taskly.boards.access import BoardToEdit
from taskly.boards.errors import BoardArchived
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.sprints import service
from taskly.sprints.schemas import CreateSprint, SprintResponse
from taskly.users.access import Tx

router = Router(tags=["sprints"])


@router.post(
    "/boards/{board_id}/sprints",
    status_code=201,
    responses=problems(Forbidden, NotFound, BoardArchived, Stale),
)
async def create_sprint(board: BoardToEdit, body: CreateSprint, tx: Tx) -> SprintResponse:
    """Plan a sprint. For members."""
    return SprintResponse.of(await service.create_sprint(tx, board, body))
