"""What is said of one person in one sprint, on a board that the transaction has locked: the days on which they are
away, and what they can take if that was set by hand. Either is said or not.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import Change
from taskly.platform.http.problems import NotFound
from taskly.sprints import capacity_repository as repository
from taskly.sprints.events import (
    AbsenceCreated,
    AbsenceDeleted,
    AbsenceUpdated,
    CapacityCreated,
    CapacityDeleted,
    CapacityUpdated,
)
from taskly.sprints.models import Sprint, SprintAbsence, SprintAccess, SprintCapacity
from taskly.workspaces.repository import outsiders_among


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that can be said of a person in a sprint, and how the log tells it."""

    table: type[SprintAbsence | SprintCapacity]
    field: str
    created: type[Change]
    updated: type[Change]
    deleted: type[Change]


DAYS_OFF = Saying(SprintAbsence, "days_off", AbsenceCreated, AbsenceUpdated, AbsenceDeleted)
CAPACITY = Saying(SprintCapacity, "points", CapacityCreated, CapacityUpdated, CapacityDeleted)


async def say(
    tx: Transaction, access: SprintAccess, user_id: UUID, what: Saying, value: float | None
) -> None:
    """Say something of somebody in a sprint; None takes back what was said.

    Raises:
        NotFound: the person is not in the workspace.
    """
    if await outsiders_among(tx.session, access.board.workspace_id, [user_id]):
        raise NotFound
    await put(tx, access.sprint, user_id, what, value)


async def said(tx: Transaction, sprint: Sprint, user_id: UUID, what: Saying) -> float | None:
    """What is said by now; None if nothing is."""
    row = await repository.said_of(tx.session, what.table, sprint.id, user_id)
    value: float | None = None if row is None else getattr(row, what.field)
    return value


async def put(
    tx: Transaction, sprint: Sprint, user_id: UUID, what: Saying, value: float | None
) -> None:
    """Say it of somebody who is known, whatever is said by now; and record it."""
    row = await repository.said_of(tx.session, what.table, sprint.id, user_id)
    before = None if row is None else _state(row, what)
    if value == (None if row is None else getattr(row, what.field)):
        return
    if row is None:
        row = what.table(
            id=new_id(),
            workspace_id=sprint.workspace_id,
            board_id=sprint.board_id,
            sprint_id=sprint.id,
            user_id=user_id,
        )
        tx.session.add(row)
    kind = what.created if before is None else what.deleted if value is None else what.updated
    if value is None:
        await tx.session.delete(row)
    else:
        setattr(row, what.field, value)
    after = None if value is None else _state(row, what)
    tx.record(sprint.board_id, kind(id=row.id, before=before, after=after))
    await tx.session.flush()


def _state(row: SprintAbsence | SprintCapacity, what: Saying) -> dict[str, Any]:
    return {
        "sprint_id": row.sprint_id,
        "user_id": row.user_id,
        what.field: getattr(row, what.field),
    }
