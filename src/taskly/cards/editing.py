"""Making, changing, archiving and deleting cards."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.errors import NotOnBoard, TooMany
from taskly.boards.models import BoardAccess
from taskly.cards import bulk_repository, placing, repository
from taskly.cards import parts_repository as parts
from taskly.cards.dependencies import check_blockers, release_blocked
from taskly.cards.errors import EditConflict, NoSuchSprint
from taskly.cards.events import (
    CardCreated,
    CardRestored,
    CardUpdated,
)
from taskly.cards.listing import new_checklist
from taskly.cards.models import Card, CardAccess, Hanging
from taskly.cards.recording import (
    fields_of,
    full_state,
    record_archiving,
    record_change,
    record_deletion,
    record_return,
)
from taskly.cards.rules import Progress
from taskly.cards.schemas import (
    MOST_HANGING,
    CardFields,
    CardResponse,
    CreateCard,
    PlacedCard,
    UpdateCard,
)
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Invalid, NotFound, Stale
from taskly.workspaces import repository as workspaces
from taskly.workspaces.errors import NotAMember


async def create_card(
    tx: Transaction,
    board: BoardAccess,
    wanted: CreateCard,
    *,
    attachments: Sequence[dict[str, Any]] = (),
) -> PlacedCard:
    """Make a card.

    Raises:
        NotOnBoard: a column or label is not of this board.
        NoSuchSprint: the sprint is not of this board, or was deleted.
        NotAMember: an assignee is not in the workspace.
        AnchorGone: the neighbour is not in the column.
        ColumnFull: the column has reached its strict limit.
    """
    await _check_references(tx, board, None, wanted.model_dump())
    spot = await placing.find_spot(tx, board, wanted.column_id, wanted)
    placing.require_room(board, spot)
    rank = await placing.rank_for(tx, board, spot)
    if rank is None:
        return await create_card(tx, board, wanted, attachments=attachments)
    progress = Progress(None, None).entering(spot.required_category, tx.now)
    card = Card(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        number=await repository.take_card_number(tx.session, board.id),
        column_id=spot.required_column_id,
        rank=rank,
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        checklist=new_checklist(wanted.checklist),
        attachments=list(attachments),
        comment_count=0,
        archived_at=None,
        created_at=tx.now,
        updated_at=tx.now,
        version=tx.log.version(board.id) + 1,
        **wanted.model_dump(include=set(_PLAIN)),
    )
    tx.session.add(card)
    await tx.session.flush()
    hanging = await _hang_on_new(tx, card, wanted)
    after = full_state(card, hanging)
    tx.record(board.id, CardCreated(id=card.id, card_id=card.id, before=None, after=after))
    return PlacedCard.of(CardAccess(card, board), hanging, over_limit=spot.is_full)


async def _hang_on_new(tx: Transaction, card: Card, wanted: CreateCard) -> Hanging:
    hanging = Hanging(
        *(_ordered(ids) for ids in (wanted.assignee_ids, wanted.label_ids, wanted.blocker_ids))
    )
    await repository.add_assignees(tx.session, card, hanging.assignee_ids)
    await repository.add_labels(tx.session, card, hanging.label_ids)
    await parts.add_blockers(tx.session, card, hanging.blocker_ids)
    return hanging


async def update_card(tx: Transaction, access: CardAccess, patch: UpdateCard) -> CardResponse:
    """Change the fields that the caller sent.

    Raises:
        NotOnBoard: a label is not of this board.
        NoSuchSprint: the sprint is not of this board, or was deleted.
        NotAMember: a new assignee is not in the workspace.
        DependencyCycle: a blocker waits for the card.
        EditConflict: a text changed since the version that the caller knows.
        Invalid: there is no such version yet.
        Stale: the card came from another board since, whose versions count otherwise.
    """
    card, changes = access.card, patch.changes()
    if patch.base_version is not None:
        await _check_texts(tx, access, patch.base_version, changes)
    present = await repository.hanging_of(tx.session, card.id)
    await _check_references(
        tx,
        access.board,
        card.id,
        changes,
        there=present.assignee_ids,
        present_sprint_id=card.sprint_id,
    )
    hanging = await _replace_hanging(tx, card, present, changes)
    before = fields_of(card, _PLAIN)
    for name in changes.keys() & _PLAIN:
        setattr(card, name, changes[name])
    after = fields_of(card, _PLAIN)
    record_change(tx, card, CardUpdated, before | present.fields(), after | hanging.fields())
    return CardResponse.of(access, hanging)


async def hang_on_card(
    tx: Transaction, access: CardAccess, name: str, thing_id: UUID
) -> CardResponse:
    """Add one to a card's `assignee_ids`, `label_ids` or `blocker_ids`, beside those that it has.

    Raises:
        NotFound: the workspace has no such person or card, or the board no such label.
        NotOnBoard: the blocker is on another board of the workspace.
        TooMany: the card has as many as it can hold.
        DependencyCycle: the blocker waits for the card.
    """
    present = getattr(await repository.hanging_of(tx.session, access.card.id), name)
    wanted = _ordered([*present, thing_id])
    if len(wanted) > MOST_HANGING[name]:
        raise TooMany(f"A card holds {MOST_HANGING[name]} {name} at most.")
    try:
        return await update_card(tx, access, UpdateCard.model_validate({name: wanted}))
    except (NotAMember, NotOnBoard):
        workspace_id = access.board.workspace_id
        if name == "blocker_ids" and await parts.has_card(tx.session, workspace_id, thing_id):
            raise
        raise NotFound from None


async def take_off_card(
    tx: Transaction, access: CardAccess, name: str, thing_id: UUID
) -> CardResponse:
    """Take one of a card's `assignee_ids`, `label_ids` or `blocker_ids` away.

    Raises:
        NotFound: it is not on the card.
    """
    present = getattr(await repository.hanging_of(tx.session, access.card.id), name)
    if thing_id not in present:
        raise NotFound
    wanted = [each for each in present if each != thing_id]
    return await update_card(tx, access, UpdateCard.model_validate({name: wanted}))


async def set_assignees(
    tx: Transaction,
    access: CardAccess,
    user_ids: Sequence[UUID],
    *,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """Put exactly these people on a card, whoever was on it. `reason` says why Taskly does it by itself."""
    present = await repository.hanging_of(tx.session, access.card.id)
    wanted = {"assignee_ids": user_ids}
    hanging = await _replace_hanging(tx, access.card, present, wanted)
    before, after = present.fields(), hanging.fields()
    record_change(tx, access.card, CardUpdated, before, after, reason=reason)


def set_criteria(
    tx: Transaction, access: CardAccess, criteria: str, reason: Mapping[str, Any]
) -> None:
    """Give a card other acceptance criteria, for a reason that is not a person's wish."""
    before = fields_of(access.card, ["acceptance_criteria"])
    access.card.acceptance_criteria = criteria
    after = fields_of(access.card, ["acceptance_criteria"])
    record_change(tx, access.card, CardUpdated, before, after, reason=reason)


async def archive_card(tx: Transaction, access: CardAccess) -> CardResponse:
    """Take a card off the board; it keeps its place for when it is restored."""
    card = access.card
    hanging = await repository.hanging_of(tx.session, card.id)
    if card.archived_at is not None:
        return CardResponse.of(access, hanging)
    record_archiving(tx, card, hanging)
    return CardResponse.of(access, hanging)


async def restore_card(tx: Transaction, access: CardAccess) -> PlacedCard:
    """Put an archived card back where it was.

    Raises:
        ColumnFull: its column has reached its strict limit meanwhile.
    """
    card = access.card
    hanging = await repository.hanging_of(tx.session, card.id)
    coming = 0 if card.archived_at is None else 1
    over_limit = await placing.require_room_in(tx, access.board, card.column_id, coming=coming)
    if coming:
        record_return(tx, card, hanging, CardRestored)
    return PlacedCard.of(access, hanging, over_limit=over_limit)


async def delete_card(tx: Transaction, access: CardAccess) -> None:
    """Delete a card. Its number is not given again, and for a while deleting can be undone."""
    card = access.card
    hanging = await repository.hanging_of(tx.session, card.id)
    await release_blocked(tx, [card.id])
    record_deletion(tx, card, hanging)


async def _replace_hanging(
    tx: Transaction, card: Card, present: Hanging, wanted: Mapping[str, Any]
) -> Hanging:
    """Hang on a card what is wanted of each kind that is named; what hangs on it then."""
    hanging = present
    if "assignee_ids" in wanted:
        hanging = replace(hanging, assignee_ids=_ordered(wanted["assignee_ids"]))
        await repository.replace_assignees(tx.session, card, hanging.assignee_ids)
    if "label_ids" in wanted:
        hanging = replace(hanging, label_ids=_ordered(wanted["label_ids"]))
        await repository.replace_labels(tx.session, card, hanging.label_ids)
    if "blocker_ids" in wanted:
        hanging = replace(hanging, blocker_ids=_ordered(wanted["blocker_ids"]))
        await parts.replace_blockers(tx.session, card, hanging.blocker_ids)
    return hanging


_PLAIN = frozenset(CardFields.model_fields) - Hanging.__dataclass_fields__.keys()
_TEXTS = ("description", "acceptance_criteria")


def _ordered(ids: Sequence[UUID]) -> list[UUID]:
    return sorted(set(ids))


async def _check_texts(
    tx: Transaction, access: CardAccess, base_version: int, changes: Mapping[str, Any]
) -> None:
    """Refuse to overwrite a text that somebody changed since the caller read it."""
    card, present_version = access.card, access.board.version
    differing = [
        name for name in _TEXTS if changes.get(name, getattr(card, name)) != getattr(card, name)
    ]
    if not differing and base_version <= present_version:
        return
    arrival = await repository.arrival_of(tx.session, card)
    if arrival is not None and not arrival <= base_version <= present_version:
        raise Stale("The card came from another board meanwhile: read it again.")
    if base_version > present_version:
        raise Invalid(f"base_version: the board has the versions 1 to {present_version}.")
    for name in differing:
        present = getattr(card, name)
        base = await repository.text_at(tx.session, card, name, base_version)
        if base is not None and base != present:
            raise EditConflict(
                f"The {name} was changed since version {base_version}. Merge the three texts of this "
                "answer, and send yours again with the present version.",
                field=name,
                base=base,
                theirs=present,
                yours=changes[name],
                current_version=access.board.version,
            )


async def _check_references(
    tx: Transaction,
    board: BoardAccess,
    card_id: UUID | None,
    changes: Mapping[str, Any],
    *,
    there: Collection[UUID] = (),
    present_sprint_id: UUID | None = None,
) -> None:
    """Who is on the card already, `there`, may have left the workspace: they come off it by themselves."""
    sprint_id = changes.get("sprint_id")
    if sprint_id not in (None, present_sprint_id):
        there_for = await bulk_repository.there_for(
            tx.session, "sprint_id", [sprint_id], [board.id]
        )
        if not there_for:
            raise NoSuchSprint
    people = list(set(changes.get("assignee_ids") or ()).difference(there))
    labels, blockers = changes.get("label_ids"), changes.get("blocker_ids")
    if people and await workspaces.outsiders_among(tx.session, board.workspace_id, people):
        raise NotAMember
    if labels and await boards.labels_missing(tx.session, board.id, labels):
        raise NotOnBoard("The board has no such label.")
    if blockers:
        await check_blockers(tx, board, card_id, blockers)
