"""Days of a sprint on which somebody is away, on a board that the transaction has locked."""

from typing import Any
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.sprints import capacity_repository as repository
from taskly.sprints.events import AbsenceCreated, AbsenceDeleted, AbsenceUpdated
from taskly.sprints.models import Sprint, SprintAbsence, SprintAccess
from taskly.workspaces.repository import outsiders_among


async def set_days_off(tx: Transaction, access: SprintAccess, user_id: UUID, days: float) -> None:
    """Note how many working days of a sprint somebody is away.

    Raises:
        NotFound: the person is not in the workspace.
    """
    if await outsiders_among(tx.session, access.board.workspace_id, [user_id]):
        raise NotFound
    await put_days_off(tx, access.sprint, user_id, days)


async def put_days_off(tx: Transaction, sprint: Sprint, user_id: UUID, days: float) -> None:
    """The same for somebody who is known, whatever is noted of them by now; and record it."""
    present = await repository.absence_of(tx.session, sprint.id, user_id)
    if days == (0 if present is None else present.days_off):
        return
    if present is None:
        present = SprintAbsence(
            id=new_id(),
            workspace_id=sprint.workspace_id,
            board_id=sprint.board_id,
            sprint_id=sprint.id,
            user_id=user_id,
            days_off=days,
        )
        tx.session.add(present)
        change = AbsenceCreated(id=present.id, before=None, after=_state(present))
        tx.record(sprint.board_id, change)
    elif days == 0:
        gone = AbsenceDeleted(id=present.id, before=_state(present), after=None)
        tx.record(sprint.board_id, gone)
        await tx.session.delete(present)
    else:
        before, after = _state(present), _state(present) | {"days_off": days}
        present.days_off = days
        tx.record(sprint.board_id, AbsenceUpdated(id=present.id, before=before, after=after))
    await tx.session.flush()


def _state(absence: SprintAbsence) -> dict[str, Any]:
    return {
        "sprint_id": absence.sprint_id,
        "user_id": absence.user_id,
        "days_off": absence.days_off,
    }
