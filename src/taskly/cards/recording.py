"""How a change of a card gets into the log: the fields before and after, as the snapshot shows them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from taskly.cards.events import CardArchived, CardChange, CardDeleted
from taskly.cards.models import BEHIND_ALL, Card, Hanging
from taskly.platform.db.session import Transaction

SHOWN = (
    "id",
    "number",
    "column_id",
    "rank",
    "title",
    "description",
    "acceptance_criteria",
    "priority",
    "story_points",
    "due_date",
    "sprint_id",
    "started_at",
    "completed_at",
    "checklist",
    "attachments",
    "comment_count",
    "created_at",
)
"""Fields of a card's row in the snapshot; people and labels come from tables of their own."""

_SCOPE = ("sprint_id", "story_points", "completed_at", "archived_at")


def fields_of(card: Card, names: Iterable[str]) -> dict[str, Any]:
    """Some fields of a card as they are now."""
    return {name: getattr(card, name) for name in names}


def full_state(card: Card, hanging: Hanging) -> dict[str, Any]:
    """Everything that the snapshot shows of a card."""
    return {**fields_of(card, (*SHOWN, "updated_at", "version")), **hanging.fields()}


def record_deletion(tx: Transaction, card: Card, hanging: Hanging) -> None:
    """Delete a card: the log says what it was, and the row is kept for a while, see `cards.upkeep`."""
    before = full_state(card, hanging)
    if card.archived_at is not None:
        before["archived_at"] = card.archived_at
    card.deleted_at = tx.now
    card.rank = f"{BEHIND_ALL}{card.id.hex}"
    card.archived_at = card.archived_at or tx.now
    card.version = tx.record(
        card.board_id, CardDeleted(id=card.id, card_id=card.id, before=before, after=None)
    )


def record_archiving(tx: Transaction, card: Card, hanging: Hanging) -> None:
    """Put a card into the archive."""
    before = full_state(card, hanging)
    card.archived_at = card.updated_at = tx.now
    card.version = tx.record(
        card.board_id, CardArchived(id=card.id, card_id=card.id, before=before, after=None)
    )


def record_return(tx: Transaction, card: Card, hanging: Hanging, kind: type[CardChange]) -> None:
    """Put a card back on the board, from the archive or from being deleted."""
    card.archived_at = card.deleted_at = None
    card.updated_at = tx.now
    card.version = tx.log.version(card.board_id) + 1
    after = full_state(card, hanging)
    tx.record(card.board_id, kind(id=card.id, card_id=card.id, before=None, after=after))


def record_change(
    tx: Transaction,
    card: Card,
    kind: type[CardChange],
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """Record what changed between two states of some fields; nothing, if nothing did.

    The card gets the version that the change makes, and the time of the transaction.
    """
    changed = [name for name, value in after.items() if value != before[name]]
    if not changed:
        return
    trace = {"version": card.version, "updated_at": card.updated_at}
    card.version, card.updated_at = tx.log.version(card.board_id) + 1, tx.now
    tx.record(
        card.board_id,
        kind(
            id=card.id,
            card_id=card.id,
            before={**{name: before[name] for name in changed}, **trace},
            after={
                **{name: after[name] for name in changed},
                "version": card.version,
                "updated_at": card.updated_at,
            },
            reason=reason,
            facts=scope_facts(card) if _is_of_scope(card, changed) else None,
        ),
    )


def scope_facts(card: Card) -> dict[str, Any]:
    """What tells, beside a change, to which sprint the card counts with how many points, see `sprints.rules.scope`."""
    return fields_of(card, ("number", *_SCOPE))


def _is_of_scope(card: Card, changed: Collection[str]) -> bool:
    """A card in the archive counts if it is done."""
    is_away = card.archived_at is not None and "completed_at" in changed
    return is_away or "sprint_id" in changed or "story_points" in changed
