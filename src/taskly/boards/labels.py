"""What can be done with the labels of a board that the transaction has locked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from taskly.boards import repository
from taskly.boards.errors import NameTaken, TooMany
from taskly.boards.events import LabelCreated, LabelDeleted, LabelUpdated
from taskly.boards.models import BoardAccess, Label, LabelAccess
from taskly.boards.rules import MOST_LABELS
from taskly.boards.schemas import UpdateLabel
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction


async def create_label(tx: Transaction, access: BoardAccess, *, name: str, color: str) -> Label:
    """Add a label to a board.

    Raises:
        NameTaken: the board has a label of this name.
        TooMany: the board has as many labels as it can hold.
    """
    await _require_free(tx, access, name)
    await _require_room(tx, access, coming=1)
    return _add(tx, access, name=name, color=color)


async def add_labels(
    tx: Transaction, access: BoardAccess, wanted: Sequence[tuple[str, str]]
) -> list[Label]:
    """Give a new board its labels, each with its name and colour."""
    labels = [_add(tx, access, name=name, color=color) for name, color in wanted]
    await tx.session.flush()
    return labels


async def labels_like(tx: Transaction, access: BoardAccess, labels: Sequence[Label]) -> list[Label]:
    """The labels of a board that are called like these of another one; those that are missing are made.

    Raises:
        TooMany: the board can't hold the missing ones.
    """
    if not labels:
        return []
    present = await repository.labels_called(tx.session, access.id, [each.name for each in labels])
    missing = [each for each in labels if each.name not in present]
    if missing:
        await _require_room(tx, access, coming=len(missing))
        for each in missing:
            present[each.name] = _add(tx, access, name=each.name, color=each.color)
        await tx.session.flush()
    return [present[each.name] for each in labels]


def _add(tx: Transaction, access: BoardAccess, *, name: str, color: str) -> Label:
    label = Label(
        id=new_id(),
        workspace_id=access.workspace_id,
        board_id=access.id,
        name=name,
        color=color,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(label)
    tx.record(access.id, LabelCreated(id=label.id, before=None, after=label_state(label)))
    return label


async def update_label(tx: Transaction, access: LabelAccess, patch: UpdateLabel) -> Label:
    """Change the fields that the caller sent.

    Raises:
        NameTaken: another label of the board has the name.
    """
    label, changes = access.label, patch.changes()
    if changes.get("name", label.name) != label.name:
        await _require_free(tx, access.board, changes["name"], label)
    changed = {name: value for name, value in changes.items() if value != getattr(label, name)}
    if changed:
        before = {name: getattr(label, name) for name in changed}
        for name, value in changed.items():
            setattr(label, name, value)
        tx.record(label.board_id, LabelUpdated(id=label.id, before=before, after=changed))
    return label


async def delete_label(tx: Transaction, access: LabelAccess) -> None:
    """Delete a label that is on no card any more."""
    label = access.label
    tx.record(label.board_id, LabelDeleted(id=label.id, before=label_state(label), after=None))
    await tx.session.delete(label)


async def restore_label(tx: Transaction, access: BoardAccess, state: Mapping[str, Any]) -> Label:
    """Make a deleted label again, from what `label_state` said of it.

    Raises:
        NameTaken: another label of the board has the name by now.
    """
    await _require_free(tx, access, state["name"])
    label = Label(
        id=UUID(state["id"]),
        workspace_id=access.workspace_id,
        board_id=access.id,
        name=state["name"],
        color=state["color"],
    )
    tx.session.add(label)
    await tx.session.flush()
    tx.record(access.id, LabelCreated(id=label.id, before=None, after=label_state(label)))
    return label


def label_state(label: Label) -> dict[str, object]:
    """A label as the snapshot and the log show it."""
    return {"id": label.id, "name": label.name, "color": label.color}


async def _require_room(tx: Transaction, access: BoardAccess, *, coming: int) -> None:
    if await repository.count_labels(tx.session, access.id) + coming > MOST_LABELS:
        raise TooMany(f"A board holds {MOST_LABELS} labels at most.")


async def _require_free(
    tx: Transaction, board: BoardAccess, name: str, mine: Label | None = None
) -> None:
    if await repository.label_by_name(tx.session, board.id, name) not in (None, mine):
        raise NameTaken(f"The board has a label called {name} already.")
