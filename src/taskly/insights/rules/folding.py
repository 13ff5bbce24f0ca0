"""A board's log, folded into the past of its columns, cards and sprints.

A board's own stream says all that its charts need, in the order of its versions: a card that comes from
another board brings along when it was made and begun.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.histories import (
    CardHistory,
    Column,
    Presence,
    SprintStep,
    Step,
)

ASKED_FOR = {
    "column_id",
    "story_points",
    "sprint_id",
    "assignee_ids",
    "label_ids",
    "started_at",
    "completed_at",
    "archived_at",
}
"""The fields of a card that charts ask for."""
GONE = {
    "card.archived": Presence.ARCHIVED,
    "card.deleted": Presence.DELETED,
    "card.left": Presence.ON_ANOTHER_BOARD,
}

Fields = Mapping[str, Any]
AnyStep = TypeVar("AnyStep", Step, SprintStep)


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as it stands in the log of a board."""

    at: datetime
    type: str
    by: UUID | None
    data: Fields


@dataclass(slots=True)
class CardFold:
    """What is known of a card: its last step, and those that were added to it."""

    id: UUID
    created_at: datetime
    steps: list[Step] = field(default_factory=list)
    earlier: Mapping[UUID, timedelta] = field(default_factory=dict)
    known: Step | None = None
    """The step with which it was known at first; None for a new card."""

    @property
    def has_changed(self) -> bool:
        """Whether anything was added."""
        return self.steps != [self.known]

    @property
    def history(self) -> CardHistory:
        """The card's past since its first step here."""
        return CardHistory(self.id, self.created_at, tuple(self.steps), self.earlier)


@dataclass(slots=True)
class Known:
    """What is known of a board besides its cards."""

    at: datetime | None = None
    """When the last entry counts from."""
    columns: dict[UUID, Column] = field(default_factory=dict)
    """Deleted ones included."""
    sprints: dict[UUID, list[SprintStep]] = field(default_factory=dict)


@dataclass(slots=True)
class BoardFold:
    """Takes entries of one board in, oldest first, from where others left off.

    It has to know the cards that entries are about, as far as there are any, and those of a column whose category
    changes; see `needed_by` and `changes_category`.
    """

    known: Known = field(default_factory=Known)
    cards: dict[UUID, CardFold] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Take the next entry in.

        The order is that of the versions. A process whose clock is behind does not make the past go
        backwards: its entries count from when the one before did.
        """
        if not _is_asked_for(entry):
            return
        if self.known.at is not None and entry.at < self.known.at:
            entry = replace(entry, at=self.known.at)
        self.known.at = entry.at
        match entry.data["entity"]:
            case "card":
                self._take_card(entry)
            case "column":
                self._take_column(entry)
            case "sprint":
                self._take_sprint(entry)

    def changes_category(self, entry: Entry) -> bool:
        """Whether an entry makes a column mean something else, and so each of its cards."""
        after = entry.data["after"]
        if entry.data["entity"] != "column" or after is None or "category" not in after:
            return False
        known = self.known.columns.get(subject_of(entry))
        return known is not None and known.category is not Category(after["category"])

    def _take_column(self, entry: Entry) -> None:
        column_id, after = subject_of(entry), entry.data["after"]
        known = self.known.columns.get(column_id)
        if after is None:
            if known is not None:
                self.known.columns[column_id] = replace(known, is_deleted=True)
            return
        present = {} if known is None else {name: getattr(known, name) for name in _COLUMN_FIELDS}
        now = {**present, **after}
        column = Column(column_id, now["name"], Category(now["category"]), now["rank"])
        self.known.columns[column_id] = column
        if known is not None and known.category is not column.category:
            self._follow_category(entry, column)

    def _follow_category(self, entry: Entry, column: Column) -> None:
        """The cards of a column are what it means from now on; the log tells of each that this changed."""
        for card in self.cards.values():
            last = card.steps[-1]
            if last.column_id == column.id:
                step = replace(last, at=entry.at, by=entry.by, category=column.category)
                _append(card.steps, _with_progress(step, {}))

    def _take_card(self, entry: Entry) -> None:
        before, after = entry.data["before"], entry.data["after"]
        card_id = subject_of(entry)
        card = self.cards.get(card_id)
        if after is None:
            if card is not None:
                gone = GONE.get(entry.type, Presence.DELETED)
                step = replace(card.steps[-1], at=entry.at, by=entry.by, presence=gone)
                _append(card.steps, step)
        elif before is None:
            made_at = _time(after.get("created_at")) or entry.at
            card = self.cards.setdefault(card_id, CardFold(card_id, made_at))
            _append(card.steps, self._whole(entry, after))
        elif card is not None:
            _append(card.steps, self._changed(entry, card.steps[-1], after))

    def _whole(self, entry: Entry, after: Fields) -> Step:
        column = self.known.columns[_id(after["column_id"])]
        step = Step(
            at=entry.at,
            by=entry.by,
            column_id=column.id,
            category=column.category,
            points=after.get("story_points"),
            sprint_id=_optional_id(after.get("sprint_id")),
            assignee_ids=_ids(after.get("assignee_ids", ())),
            label_ids=_ids(after.get("label_ids", ())),
        )
        return _with_progress(step, after)

    def _changed(self, entry: Entry, last: Step, after: Fields) -> Step:
        changes: dict[str, Any] = {"at": entry.at, "by": entry.by}
        if "column_id" in after:
            column = self.known.columns[_id(after["column_id"])]
            changes |= {"column_id": column.id, "category": column.category}
        if "story_points" in after:
            changes["points"] = after["story_points"]
        if "sprint_id" in after:
            changes["sprint_id"] = _optional_id(after["sprint_id"])
        for name in ("assignee_ids", "label_ids"):
            if name in after:
                changes[name] = _ids(after[name])
        if after.get("archived_at") is not None:
            # Only a card that comes back from being deleted, into the archive, tells of that in this way.
            changes["presence"] = Presence.ARCHIVED
        return _with_progress(replace(last, **changes), after)

    def _take_sprint(self, entry: Entry) -> None:
        sprint_id, after = subject_of(entry), entry.data["after"]
        steps = self.known.sprints.setdefault(sprint_id, [])
        if after is None:
            if steps:
                _append(steps, replace(steps[-1], at=entry.at, by=entry.by, is_deleted=True))
            return
        present = {} if not steps else {name: getattr(steps[-1], name) for name in _SPRINT_FIELDS}
        now = {**present, **after}
        _append(
            steps,
            SprintStep(
                at=entry.at,
                by=entry.by,
                name=now["name"],
                starts_on=_date(now["starts_on"]),
                ends_on=_date(now["ends_on"]),
                started_at=_time(now.get("started_at")),
                completed_at=_time(now.get("completed_at")),
            ),
        )


_COLUMN_FIELDS = ("name", "category", "rank")
_SPRINT_FIELDS = ("name", "starts_on", "ends_on", "started_at", "completed_at")


def needed_by(entries: Iterable[Entry]) -> set[UUID]:
    """The cards that entries are about: a fold has to know them before it takes these in."""
    return {subject_of(entry) for entry in entries if entry.data["entity"] == "card"}


def subject_of(entry: Entry) -> UUID:
    """What an entry is about."""
    return _id(entry.data["id"])


def _is_asked_for(entry: Entry) -> bool:
    """Whether charts ask for what an entry tells. The query of the log leaves the others out already."""
    match entry.data["entity"]:
        case "card":
            before, after = entry.data["before"], entry.data["after"]
            return before is None or after is None or not ASKED_FOR.isdisjoint(after)
        case "column" | "sprint":
            return True
    return False


def _with_progress(step: Step, after: Fields) -> Step:
    """The step with its times of beginning and completion.

    The log says them, also when a move is undone; where it is silent, the column's category does.
    """
    started_at = _time(after["started_at"]) if "started_at" in after else step.started_at
    completed_at = _time(after["completed_at"]) if "completed_at" in after else step.completed_at
    if step.category is not Category.TODO:
        started_at = started_at or step.at
    if step.category is Category.DONE:
        completed_at = completed_at or step.at
    if started_at == step.started_at and completed_at == step.completed_at:
        return step
    return replace(step, started_at=started_at, completed_at=completed_at)


def _append(steps: list[AnyStep], step: AnyStep) -> None:
    """Add a step; of several at one moment the last one says how things stand."""
    if steps and steps[-1].at == step.at:
        steps[-1] = step
    else:
        steps.append(step)


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _optional_id(value: UUID | str | None) -> UUID | None:
    return None if value is None else _id(value)


def _ids(values: Iterable[UUID | str]) -> frozenset[UUID]:
    return frozenset(map(_id, values))


def _time(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
