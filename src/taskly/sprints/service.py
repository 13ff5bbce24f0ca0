"""What can be done with sprints."""

from taskly.boards.models import BoardAccess
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.sprints.events import SprintCreated
from taskly.sprints.models import Sprint
from taskly.sprints.schemas import CreateSprint, SprintResponse


async def create_sprint(tx: Transaction, board: BoardAccess, wanted: CreateSprint) -> Sprint:
    """Plan a sprint on a board that the transaction has locked."""
    sprint = Sprint(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        **wanted.model_dump(),
    )
    tx.session.add(sprint)
    after = SprintResponse.of(sprint).model_dump()
    tx.record(board.id, SprintCreated(id=sprint.id, before=None, after=after))
    return sprint
