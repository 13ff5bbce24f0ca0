"""A board's log, written by hand: what happened when, in the form in which the log tells it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID, uuid5

from taskly.boards.rules import Category
from taskly.cards.rules import Progress
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.folding import Entry
from tests.support.whole_past import BoardPast, board_past

NAMES = UUID(int=0)
COLUMNS = {
    "To Do": Category.TODO,
    "Doing": Category.IN_PROGRESS,
    "Review": Category.IN_PROGRESS,
    "Done": Category.DONE,
}


def named(name: str) -> UUID:
    """The id of whatever has this name."""
    return uuid5(NAMES, name)


@dataclass(slots=True)
class BoardStory:
    """A board with four columns. Times are written as people read them, in the story's zone."""

    zone: tzinfo = UTC
    begins: str = "2026-11-01 00:00"
    entries: list[Entry] = field(default_factory=list)
    _cards: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rank, (name, category) in enumerate(COLUMNS.items()):
            after = {"name": name, "category": category.value, "rank": f"a{rank}"}
            self.tell(self.begins, "column.created", name, None, after)

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar in the zone of the story."""
        return WorkCalendar(self.zone)

    def at(self, written: str) -> datetime:
        """A moment in the zone of the story."""
        return datetime.fromisoformat(written).replace(tzinfo=self.zone).astimezone(UTC)

    def past(self) -> BoardPast:
        """What follows from the log, in whatever order it was written."""
        return board_past(sorted(self.entries, key=lambda entry: entry.at))

    def tell(
        self, at: str, kind: str, name: str, before: Any, after: Any, *, by: str | None = None
    ) -> None:
        """Write an entry down."""
        data = {
            "entity": kind.partition(".")[0],
            "id": str(named(name)),
            "before": before,
            "after": after,
        }
        who = None if by is None else named(by)
        self.entries.append(Entry(at=self.at(at), type=kind, by=who, data=data))

    def card(
        self,
        at: str,
        name: str,
        column: str = "To Do",
        *,
        points: int | None = None,
        sprint: str | None = None,
        by: str | None = None,
        kind: str = "card.created",
        **more: Any,
    ) -> None:
        """A card is made."""
        progress = Progress(None, None).entering(COLUMNS[column], self.at(at))
        self._cards[name] = {
            "column_id": str(named(column)),
            "story_points": points,
            "sprint_id": None if sprint is None else str(named(sprint)),
            "assignee_ids": [],
            "label_ids": [],
            "created_at": self.at(at).isoformat(),
            **_written(progress),
            **more,
        }
        self.tell(at, kind, name, None, dict(self._cards[name]), by=by)

    def change(self, at: str, name: str, *, by: str | None = None, **fields: Any) -> None:
        """Fields of a card change; `sprint` is the name of one."""
        if "sprint" in fields:
            sprint = fields.pop("sprint")
            fields["sprint_id"] = None if sprint is None else str(named(sprint))
        before = {field: self._cards[name][field] for field in fields}
        self._cards[name] |= fields
        self.tell(at, "card.updated", name, before, fields, by=by)

    def move(self, at: str, name: str, column: str, *, by: str | None = None) -> None:
        """A card goes into another column."""
        card = self._cards[name]
        progress = Progress(_read(card["started_at"]), _read(card["completed_at"]))
        after = {
            "column_id": str(named(column)),
            **_written(progress.entering(COLUMNS[column], self.at(at))),
        }
        before = {field: card[field] for field in after}
        card |= after
        self.tell(at, "card.moved", name, before, after, by=by)

    def leave(self, at: str, name: str, kind: str, *, by: str | None = None) -> None:
        """A card goes: `card.archived`, `card.deleted` or `card.left`."""
        self.tell(at, kind, name, dict(self._cards[name]), None, by=by)

    def come_back(self, at: str, name: str, kind: str = "card.restored") -> None:
        """A card that went is back as it was."""
        self.tell(at, kind, name, None, dict(self._cards[name]))

    def sprint(self, at: str, name: str, starts_on: str, ends_on: str, **more: str) -> None:
        """A sprint is planned."""
        after = {"name": name, "starts_on": starts_on, "ends_on": ends_on, **more}
        self.tell(at, "sprint.created", name, None, after)

    def change_sprint(self, at: str, name: str, *, by: str | None = None, **after: Any) -> None:
        """Fields of a sprint change."""
        self.tell(at, "sprint.updated", name, dict.fromkeys(after), after, by=by)


def _written(progress: Progress) -> dict[str, str | None]:
    times = {"started_at": progress.started_at, "completed_at": progress.completed_at}
    return {name: None if time is None else time.isoformat() for name, time in times.items()}


def _read(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
