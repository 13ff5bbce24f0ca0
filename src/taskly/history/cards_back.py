"""Taking back changes of cards."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from taskly.cards.batch import FIELDS, HANGING
from taskly.cards.dependencies import release_blocked
from taskly.cards.events import CardRestored, CardUndeleted
from taskly.cards.models import Card
from taskly.cards.recording import record_archiving, record_deletion, record_return, scope_facts
from taskly.cards.relocating import Departure, Spot, carry_over
from taskly.cards.schemas import MOST_HANGING
from taskly.history.merging import merged_ids, merged_items
from taskly.history.schemas import WhyLeft
from taskly.history.taking_back import ITEMS, TakingBack, typed
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, rank_between
from taskly.platform.events.models import Event

NOT_FIELDS = ("version", "updated_at")


async def fields_back(work: TakingBack, event: Event) -> None:
    """Give fields their former values, each only where nobody changed it since."""
    card = _present(work, event)
    if card is None:
        _leave_absent(work, event)
        return
    before, after = event.data["before"], event.data["after"]
    for name in before:
        if name in NOT_FIELDS:
            continue
        if name == "rank":
            _rank_back(work, event, card)
            continue
        old, new = typed(name, before[name]), typed(name, after[name])
        if name in HANGING:
            _hanging_back(work, event, card, name, old, new)
        elif name in ITEMS:
            _items_back(work, event, card, name, old, new)
        else:
            _value_back(work, event, card, name, old, new)


def _value_back(work: TakingBack, event: Event, card: Card, name: str, old: Any, new: Any) -> None:
    if work.batch.get(card.id, name) != new:
        work.leave(event, WhyLeft.CHANGED_SINCE, name)
    elif _is_there(work, name, old):
        work.batch.put(card.id, name, old)
        work.note(event, name)
    else:
        work.leave(event, WhyLeft.GONE, name)


def _is_there(work: TakingBack, name: str, value: Any) -> bool:
    if name == "column_id":
        return work.has_column(value)
    return name != "sprint_id" or value is None or work.sprint(value) is not None


def _rank_back(work: TakingBack, event: Event, card: Card) -> None:
    """Put a card back between those between which it was. Its column, if it changed, comes first."""
    before, after = event.data["before"], event.data["after"]
    if "column_id" in before:
        if card.column_id != UUID(after["column_id"]) or not work.has_column(
            UUID(before["column_id"])
        ):
            return  # It is told of the column.
        column_id = UUID(before["column_id"])
    elif card.rank != after["rank"]:
        work.leave(event, WhyLeft.CHANGED_SINCE, "rank")
        return
    else:
        column_id = card.column_id
    rank = free_rank(work.ranks[column_id], before["rank"])
    work.batch.put(card.id, "rank", rank)
    work.note(event, "rank")


def free_rank(taken: list[str], wanted: str) -> str:
    """The wanted rank, or else one directly behind it; from then on it is taken, too."""
    place = bisect_right(taken, wanted)
    rank = wanted
    if place and taken[place - 1] == wanted:
        rank = rank_between(wanted, taken[place] if place < len(taken) else None)
        if len(rank) > MAXIMUM_RANK_LENGTH:
            place = len(taken)
            rank = rank_between(taken[-1], None)
    taken.insert(place, rank)
    return rank


def _hanging_back(
    work: TakingBack, event: Event, card: Card, name: str, old: list[UUID], new: list[UUID]
) -> None:
    """Take off what was hung on and hang on what was taken off, beside what others did."""
    present = work.batch.get(card.id, name)
    merged = merged_ids(present, old, new)
    if name == "blocker_ids":
        _wait_later(work, event, card, merged)
        merged = [each for each in merged if each in present]
    possible = [each for each in merged if each in present or _can_hang(work, card, name, each)]
    if len(possible) < len(merged):
        work.leave(event, WhyLeft.GONE, name)
    if len(possible) > max(MOST_HANGING[name], len(present)):
        work.leave(event, WhyLeft.TOO_MANY, name)
    elif possible != present:
        work.batch.put(card.id, name, possible)
        work.note(event, name)


def _can_hang(work: TakingBack, card: Card, name: str, thing_id: UUID) -> bool:
    if name == "assignee_ids":
        return thing_id in work.member_ids
    return thing_id in work.labels and work.labels[thing_id].board_id == card.board_id


def _wait_later(work: TakingBack, event: Event, card: Card, blocker_ids: Sequence[UUID]) -> None:
    """Let a card wait for these in the end, beside those for which it waits."""
    present = work.batch.get(card.id, "blocker_ids")
    if missing := [each for each in blocker_ids if each not in present]:
        work.to_wait.append((event, card.id, missing))


def _items_back(
    work: TakingBack,
    event: Event,
    card: Card,
    name: str,
    old: list[dict[str, Any]],
    new: list[dict[str, Any]],
) -> None:
    merged, is_whole = merged_items(work.batch.get(card.id, name), old, new)
    if not is_whole:
        work.leave(event, WhyLeft.CHANGED_SINCE, name)
    if merged != work.batch.get(card.id, name):
        work.batch.put(card.id, name, merged)
        work.note(event, name)


async def creation_back(work: TakingBack, event: Event) -> None:
    """Delete a card that was made, as long as it is as it was made."""
    card = _present(work, event)
    if card is None:
        _leave_absent(work, event)
    elif not _is_as_made(work, card, event.data["after"]):
        work.leave(event, WhyLeft.CHANGED_SINCE)
    else:
        await work.batch.store()
        await _release(work, card)
        record_deletion(work.tx, card, work.batch.hanging[card.id])
        work.note(event)


async def _release(work: TakingBack, card: Card) -> None:
    """Let nothing wait for a card that goes; at once for all that go with it, however many these are."""
    if card.id in work.released:
        return
    going = {card.id}
    for event in work.appearances:
        other = _present(work, event)
        if other is not None and _is_as_made(work, other, event.data["after"]):
            going.add(other.id)
    await release_blocked(work.tx, going)
    work.release(going)


def _is_as_made(work: TakingBack, card: Card, made: Mapping[str, Any]) -> bool:
    fields = [name for name in FIELDS if name in made and name != "rank"]
    archived_at = made.get("archived_at")
    return (
        card.archived_at == (archived_at and datetime.fromisoformat(archived_at))
        and card.comment_count == made.get("comment_count", card.comment_count)
        and all(work.batch.get(card.id, name) == typed(name, made[name]) for name in fields)
    )


async def deletion_back(work: TakingBack, event: Event) -> None:
    """Bring a deleted card back, into the archive if it was there."""
    card = _on_its_board(work, event)
    if card is None:
        _leave_absent(work, event)
        return
    if card.deleted_at is None or not work.has_column(card.column_id):
        work.leave(event, WhyLeft.GONE)
        return
    if card.deleted_at != event.created_at:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    for name in ("assignee_ids", "label_ids"):
        hung = typed(name, event.data["before"][name])
        possible = [each for each in hung if _can_hang(work, card, name, each)]
        if possible != work.batch.get(card.id, name):
            work.batch.put_told(card.id, name, possible)
        if len(possible) < len(hung):
            work.leave(event, WhyLeft.GONE, name)
    if card.sprint_id is not None and work.sprint(card.sprint_id) is None:
        card.sprint_id = None
        work.leave(event, WhyLeft.GONE, "sprint_id")
    card.rank = free_rank(work.ranks[card.column_id], event.data["before"]["rank"])
    archived_at = event.data["before"].get("archived_at")
    if archived_at is None:
        record_return(work.tx, card, work.batch.hanging[card.id], CardUndeleted)
    else:
        _appear_in_archive(work, card, datetime.fromisoformat(archived_at))
    _wait_later(
        work, event, card, typed("blocker_ids", event.data["before"].get("blocker_ids", []))
    )
    work.note(event)


async def archiving_back(work: TakingBack, event: Event) -> None:
    """Put an archived card back on the board."""
    card = _present(work, event)
    if card is None:
        _leave_absent(work, event)
    elif not work.has_column(card.column_id):
        work.leave(event, WhyLeft.GONE)
    elif card.archived_at != event.created_at:
        work.leave(event, WhyLeft.CHANGED_SINCE)
    else:
        record_return(work.tx, card, work.batch.hanging[card.id], CardRestored)
        work.note(event)


async def restoring_back(work: TakingBack, event: Event) -> None:
    """Put a restored card back into the archive."""
    card = _present(work, event)
    if card is None:
        _leave_absent(work, event)
    elif card.archived_at is not None:
        work.leave(event, WhyLeft.CHANGED_SINCE)
    else:
        await work.batch.store()
        record_archiving(work.tx, card, work.batch.hanging[card.id])
        work.note(event)


async def undeletion_back(work: TakingBack, event: Event) -> None:
    """Delete a card again whose deletion was undone, as long as it is as it was then."""
    await creation_back(work, event)


def _appear_in_archive(work: TakingBack, card: Card, archived_at: datetime) -> None:
    """No board shows a card in the archive, so it is as if a card changed that is not there."""
    before = {"archived_at": archived_at, "deleted_at": card.deleted_at}
    card.deleted_at, card.archived_at = None, archived_at
    after = {"archived_at": archived_at, "deleted_at": None}
    change = CardUndeleted(
        id=card.id, card_id=card.id, before=before, after=after, facts=scope_facts(card)
    )
    card.version = work.tx.record(card.board_id, change)


async def arrival_back(work: TakingBack, event: Event) -> None:
    """Take a card back to the board that it came from, to the place that it had."""
    card, origin = _present(work, event), event.data["reason"]["moved_from"]
    source = work.boards.get(UUID(origin["board_id"]))
    column = work.columns.get(UUID(origin["column_id"]))
    if card is None:
        _leave_absent(work, event)
        return
    if source is None or column is None or column.deleted_at is not None:
        work.leave(event, WhyLeft.GONE)
        return
    if card.archived_at is not None:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    await work.batch.store()
    rank = free_rank(work.ranks[column.id], origin["rank"])
    departure = Departure(card, work.boards[event.stream_id], source)
    spot = Spot(column.id, column.category, rank)
    work.batch.hanging[card.id] = await carry_over(work.tx, departure, spot)
    work.release({card.id})
    work.note(event)


async def departure_back(work: TakingBack, event: Event) -> None:
    """Give a card that came back what it had to leave behind: its sprint, and what it waited for."""
    card = _present(work, event)
    if card is None:
        return  # It is told of its arrival elsewhere.
    before = event.data["before"]
    for name in ("sprint_id", "started_at", "completed_at"):
        value = typed(name, before[name])
        if _is_there(work, name, value):
            work.batch.put(card.id, name, value)
    _wait_later(work, event, card, typed("blocker_ids", before["blocker_ids"]))


def _present(work: TakingBack, event: Event) -> Card | None:
    card = _on_its_board(work, event)
    return None if card is None or card.deleted_at is not None else card


def _on_its_board(work: TakingBack, event: Event) -> Card | None:
    """The card, unless it is on another board by now."""
    card = work.batch.cards.get(UUID(event.data["id"]))
    return None if card is None or card.board_id != event.stream_id else card


def _leave_absent(work: TakingBack, event: Event) -> None:
    """Note that a change was not taken back because its card is not on the board any more."""
    card = work.batch.cards.get(UUID(event.data["id"]))
    is_there = card is not None and card.deleted_at is None
    work.leave(event, WhyLeft.MOVED if is_there else WhyLeft.GONE)
