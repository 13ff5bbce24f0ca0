"""What can be done with sprints of a board that the transaction has locked."""

from collections.abc import Mapping
from typing import Any

from taskly.boards.models import BoardAccess
from taskly.boards.snapshot_schema import SprintOnBoard
from taskly.cards.batch import CardBatch
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Invalid
from taskly.sprints import repository
from taskly.sprints.errors import SprintIsCompleted
from taskly.sprints.events import SprintCreated, SprintDeleted, SprintRestored, SprintUpdated
from taskly.sprints.models import Sprint, SprintAccess
from taskly.sprints.repository import SprintInPlan
from taskly.sprints.rules.days import wrong_with
from taskly.sprints.schemas import CreateSprint, UpdateSprint

DAYS = ("starts_on", "ends_on")
MEASURES = (*DAYS, "capacity")
"""By which it is judged what came of a sprint."""


def sprint_state(sprint: Sprint) -> dict[str, Any]:
    """A sprint as the snapshot and the log show it."""
    return SprintOnBoard.model_validate(sprint).model_dump()


async def create_sprint(tx: Transaction, board: BoardAccess, wanted: CreateSprint) -> Sprint:
    """Plan a sprint."""
    sprint = Sprint(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        created_at=tx.now,
        updated_at=tx.now,
        **wanted.model_dump(),
    )
    tx.session.add(sprint)
    after = sprint_state(sprint)
    tx.record(board.id, SprintCreated(id=sprint.id, before=None, after=after))
    return sprint


async def update_sprint(tx: Transaction, access: SprintAccess, patch: UpdateSprint) -> Sprint:
    """Change the fields that the caller sent.

    Raises:
        Invalid: the sprint would not end after it starts, or be too long.
        SprintIsCompleted: its days and its capacity stay as they were when it was completed.
    """
    sprint, changes = access.sprint, patch.changes()
    if sprint.completed_at is not None and any(
        changes.get(name, getattr(sprint, name)) != getattr(sprint, name) for name in MEASURES
    ):
        raise SprintIsCompleted
    days = {name: changes.get(name, getattr(sprint, name)) for name in DAYS}
    wrong = wrong_with(**days) if changes.keys() & days else None
    if wrong is not None:
        raise Invalid(f"ends_on: {wrong}.")
    change_fields(tx, sprint, changes)
    return sprint


async def in_plan(tx: Transaction, sprint: Sprint) -> SprintInPlan:
    """A sprint among the others of its board, as it is by now."""
    await tx.session.flush()
    return await repository.in_plan(tx.session, sprint.id)


def change_fields(tx: Transaction, sprint: Sprint, wanted: Mapping[str, Any]) -> None:
    """Give a sprint other fields, and record those that differ."""
    changed = {name: value for name, value in wanted.items() if value != getattr(sprint, name)}
    if changed:
        before = {name: getattr(sprint, name) for name in changed}
        for name, value in changed.items():
            setattr(sprint, name, value)
        tx.record(sprint.board_id, SprintUpdated(id=sprint.id, before=before, after=changed))


async def delete_sprint(tx: Transaction, access: SprintAccess) -> None:
    """Delete a sprint. Its cards, archived ones included, go back to the backlog, which is no sprint."""
    batch = await CardBatch.load(tx, await repository.card_ids_in(tx.session, access.sprint.id))
    for card_id in batch.cards:
        batch.put(card_id, "sprint_id", None)
    await batch.store()
    record_deletion(tx, access.sprint)


def record_deletion(tx: Transaction, sprint: Sprint) -> None:
    """Delete a sprint that no card is in. The row stays, so that it can be restored."""
    change = SprintDeleted(id=sprint.id, before=sprint_state(sprint), after=None)
    tx.record(sprint.board_id, change)
    sprint.deleted_at = tx.now


def restore_sprint(tx: Transaction, sprint: Sprint) -> None:
    """Bring a deleted sprint back. Its cards come back by themselves, see `history`."""
    sprint.deleted_at = None
    change = SprintRestored(id=sprint.id, before=None, after=sprint_state(sprint))
    tx.record(sprint.board_id, change)
