"""What people can take in one sprint, set by hand, on a board that the transaction has locked."""

from typing import Any
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.sprints import capacity_repository as repository
from taskly.sprints.events import CapacityCreated, CapacityDeleted, CapacityUpdated
from taskly.sprints.models import Sprint, SprintAccess, SprintCapacity
from taskly.workspaces.repository import outsiders_among


async def set_capacity(
    tx: Transaction, access: SprintAccess, user_id: UUID, points: int | None
) -> None:
    """Say how many points somebody can take in a sprint; None: as many as usual.

    Raises:
        NotFound: the person is not in the workspace.
    """
    if await outsiders_among(tx.session, access.board.workspace_id, [user_id]):
        raise NotFound
    await put_capacity(tx, access.sprint, user_id, points)


async def put_capacity(tx: Transaction, sprint: Sprint, user_id: UUID, points: int | None) -> None:
    """The same for somebody who is known, whatever is set by now; and record it."""
    present = await repository.own_capacity_of(tx.session, sprint.id, user_id)
    if points == (None if present is None else present.points):
        return
    if present is None:
        present = SprintCapacity(
            id=new_id(),
            workspace_id=sprint.workspace_id,
            board_id=sprint.board_id,
            sprint_id=sprint.id,
            user_id=user_id,
            points=points,
        )
        tx.session.add(present)
        made = CapacityCreated(id=present.id, before=None, after=_state(present))
        tx.record(sprint.board_id, made)
    elif points is None:
        gone = CapacityDeleted(id=present.id, before=_state(present), after=None)
        tx.record(sprint.board_id, gone)
        await tx.session.delete(present)
    else:
        before, after = _state(present), _state(present) | {"points": points}
        present.points = points
        tx.record(sprint.board_id, CapacityUpdated(id=present.id, before=before, after=after))
    await tx.session.flush()


def _state(capacity: SprintCapacity) -> dict[str, Any]:
    return {
        "sprint_id": capacity.sprint_id,
        "user_id": capacity.user_id,
        "points": capacity.points,
    }
