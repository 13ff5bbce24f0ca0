"""HTTP of what hangs on cards: people, labels and blockers one by one; checklist, attachments, watchers."""

from uuid import UUID

from taskly.boards.errors import BoardArchived, NotOnBoard, TooMany
from taskly.boards.snapshot_schema import Attachment, ChecklistItem
from taskly.cards import editing, listing, watching
from taskly.cards.access import CardToEdit, CardToRead, CardToWatch
from taskly.cards.errors import DependencyCycle
from taskly.cards.schemas import (
    AddAttachment,
    AddChecklistItem,
    CardResponse,
    UpdateAttachment,
    UpdateChecklistItem,
    WatchersResponse,
)
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/cards/{card_id}", tags=["cards"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.put("/assignees/{user_id}", responses=problems(*CHANGE, TooMany))
async def assign_card(access: CardToEdit, user_id: UUID, tx: Tx) -> CardResponse:
    """Put somebody on a card, beside whoever is on it. For members."""
    return await editing.hang_on_card(tx, access, "assignee_ids", user_id)


@router.delete("/assignees/{user_id}", responses=problems(*CHANGE))
async def unassign_card(access: CardToEdit, user_id: UUID, tx: Tx) -> CardResponse:
    """Take somebody off a card. For members."""
    return await editing.take_off_card(tx, access, "assignee_ids", user_id)


@router.put("/labels/{label_id}", responses=problems(*CHANGE, TooMany))
async def label_card(access: CardToEdit, label_id: UUID, tx: Tx) -> CardResponse:
    """Put a label on a card, beside those that it has. For members."""
    return await editing.hang_on_card(tx, access, "label_ids", label_id)


@router.delete("/labels/{label_id}", responses=problems(*CHANGE))
async def unlabel_card(access: CardToEdit, label_id: UUID, tx: Tx) -> CardResponse:
    """Take a label off a card. For members."""
    return await editing.take_off_card(tx, access, "label_ids", label_id)


@router.put(
    "/blockers/{blocker_id}",
    responses=problems(*CHANGE, NotOnBoard, TooMany, DependencyCycle),
)
async def block_card(access: CardToEdit, blocker_id: UUID, tx: Tx) -> CardResponse:
    """Let a card wait for another one of its board. For members."""
    return await editing.hang_on_card(tx, access, "blocker_ids", blocker_id)


@router.delete("/blockers/{blocker_id}", responses=problems(*CHANGE))
async def unblock_card(access: CardToEdit, blocker_id: UUID, tx: Tx) -> CardResponse:
    """Let a card no longer wait for another. For members."""
    return await editing.take_off_card(tx, access, "blocker_ids", blocker_id)


@router.post("/checklist", status_code=201, responses=problems(*CHANGE, TooMany))
async def add_checklist_item(access: CardToEdit, body: AddChecklistItem, tx: Tx) -> ChecklistItem:
    """Add a step to a card's checklist, by default behind the last. For members."""
    return ChecklistItem.model_validate(listing.add_checklist_item(tx, access, body))


@router.patch("/checklist/{item_id}", responses=problems(*CHANGE))
async def update_checklist_item(
    access: CardToEdit, item_id: UUID, body: UpdateChecklistItem, tx: Tx
) -> ChecklistItem:
    """Change a step: its text, whether it is done, its position. For members."""
    return ChecklistItem.model_validate(listing.update_checklist_item(tx, access, item_id, body))


@router.delete("/checklist/{item_id}", status_code=204, responses=problems(*CHANGE))
async def delete_checklist_item(access: CardToEdit, item_id: UUID, tx: Tx) -> None:
    """Take a step off a card's checklist. For members."""
    listing.remove_item(tx, access, "checklist", item_id)


@router.post("/attachments", status_code=201, responses=problems(*CHANGE, TooMany))
async def add_attachment(access: CardToEdit, body: AddAttachment, tx: Tx) -> Attachment:
    """Attach a link to a card. For members."""
    return Attachment.model_validate(listing.add_attachment(tx, access, body))


@router.patch("/attachments/{attachment_id}", responses=problems(*CHANGE))
async def update_attachment(
    access: CardToEdit, attachment_id: UUID, body: UpdateAttachment, tx: Tx
) -> Attachment:
    """Give an attachment another title. For members."""
    return Attachment.model_validate(listing.update_attachment(tx, access, attachment_id, body))


@router.delete("/attachments/{attachment_id}", status_code=204, responses=problems(*CHANGE))
async def delete_attachment(access: CardToEdit, attachment_id: UUID, tx: Tx) -> None:
    """Take an attachment off a card. For members."""
    listing.remove_item(tx, access, "attachments", attachment_id)


@router.get("/watchers", responses=problems(NotFound))
async def list_watchers(
    access: CardToRead, principal: SignedIn, session: ReadSession
) -> WatchersResponse:
    """Read who hears of a card."""
    return await watching.watchers(session, access, principal.user_id)


@router.put("/watchers/me", status_code=204, responses=problems(NotFound))
async def watch_card(access: CardToWatch, principal: SignedIn, tx: Tx) -> None:
    """Hear of a card from now on."""
    await watching.watch(tx, access, principal.user_id)


@router.delete("/watchers/me", status_code=204, responses=problems(NotFound))
async def unwatch_card(access: CardToWatch, principal: SignedIn, tx: Tx) -> None:
    """Hear no more of a card, even when on it or after commenting."""
    await watching.unwatch(tx, access, principal.user_id)
