"""The past of cards, sprints and columns, as far as charts ask for it."""

import enum
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from uuid import UUID

from taskly.boards.rules import Category


class Scope(enum.StrEnum):
    """Of which cards figures are kept by themselves."""

    BOARD = "board"
    SPRINT = "sprint"
    LABEL = "label"
    ASSIGNEE = "assignee"


class Presence(enum.StrEnum):
    """Where a card is to be found."""

    ON_BOARD = "on_board"
    ARCHIVED = "archived"
    DELETED = "deleted"
    ON_ANOTHER_BOARD = "on_another_board"
    NOT_SELECTED = "not_selected"
    """On the board, and not among the cards that are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a card is from a moment on, until its next step."""

    at: datetime
    by: UUID | None = None
    """Who made it so; None if GitHub or Taskly did and nobody is known."""
    column_id: UUID
    category: Category
    """What the column meant then."""
    points: int | None = None
    sprint_id: UUID | None = None
    assignee_ids: frozenset[UUID] = frozenset()
    label_ids: frozenset[UUID] = frozenset()
    presence: Presence = Presence.ON_BOARD
    started_at: datetime | None = None
    """When work on the card first began; taken back if the move that began it is undone."""
    completed_at: datetime | None = None
    """When the card entered Done, as the log says."""

    @property
    def done_at(self) -> datetime | None:
        """Since when it has been done without a break; None if it is not done."""
        return self.completed_at if self.category is Category.DONE else None

    @property
    def counts(self) -> bool:
        """Whether charts count the card: it is on the board, or was put into the archive when it was done.

        Tidying up must not change what was achieved. Cards that are archived unfinished are given up.
        """
        archived_done = self.presence is Presence.ARCHIVED and self.category is Category.DONE
        return self.presence is Presence.ON_BOARD or archived_done


@dataclass(frozen=True, slots=True)
class CardHistory:
    """The past of a card on one board, or the part of it that is asked for.

    Its steps are in the order of time, no two at the same moment.
    """

    card_id: UUID
    created_at: datetime
    """When the card was made, be it on another board or in another product."""
    steps: tuple[Step, ...]
    earlier: Mapping[UUID, timedelta] = field(default_factory=dict)
    """How long it was in each column before the first of these steps."""

    def stretches(self) -> Iterator[tuple[Step, datetime | None]]:
        """The steps, each with when the next one began; None for the last."""
        for step, following in zip_longest(self.steps, self.steps[1:]):
            yield step, None if following is None else following.at

    def before(self, at: datetime) -> Step | None:
        """What the card was just before a moment; None if it was not there yet."""
        index = bisect_left(self.steps, at, key=_time)
        return self.steps[index - 1] if index else None


def _time(step: "Step | SprintStep") -> datetime:
    return step.at


@dataclass(frozen=True, slots=True, kw_only=True)
class SprintStep:
    """What a sprint is from a moment on."""

    at: datetime
    by: UUID | None = None
    name: str
    starts_on: date
    ends_on: date
    started_at: datetime | None = None
    """When somebody started it; None if only its days say so."""
    completed_at: datetime | None = None
    """When somebody completed it; None if it ends with its last day."""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class SprintHistory:
    """The past of a sprint, in the order of time, no two steps at the same moment."""

    sprint_id: UUID
    steps: tuple[SprintStep, ...]

    def before(self, at: datetime) -> SprintStep | None:
        """What the sprint was just before a moment; None if it was not there, or deleted."""
        index = bisect_left(self.steps, at, key=_time)
        found = self.steps[index - 1] if index else None
        return None if found is None or found.is_deleted else found


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was last."""

    id: UUID
    name: str
    category: Category
    rank: str
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The cards that are asked for: those that have one of each kind that is named."""

    sprint_ids: frozenset[UUID] = frozenset()
    label_ids: frozenset[UUID] = frozenset()
    assignee_ids: frozenset[UUID] = frozenset()

    def scopes(self) -> list[tuple[Scope, UUID]]:
        """All that is named."""
        return [
            *((Scope.SPRINT, each) for each in self.sprint_ids),
            *((Scope.LABEL, each) for each in self.label_ids),
            *((Scope.ASSIGNEE, each) for each in self.assignee_ids),
        ]

    def admits(self, step: Step) -> bool:
        """Whether a card is asked for as it was then."""
        return (
            (not self.sprint_ids or step.sprint_id in self.sprint_ids)
            and (not self.label_ids or not self.label_ids.isdisjoint(step.label_ids))
            and (not self.assignee_ids or not self.assignee_ids.isdisjoint(step.assignee_ids))
        )


def select(histories: Iterable[CardHistory], selection: Selection) -> tuple[CardHistory, ...]:
    """The histories in which cards are away whenever they were not what is asked for."""
    if selection == Selection():
        return tuple(histories)
    return tuple(
        replace(history, steps=tuple(_selected(step, selection) for step in history.steps))
        for history in histories
        if any(map(selection.admits, history.steps))
    )


def _selected(step: Step, selection: Selection) -> Step:
    if selection.admits(step) or not step.counts:
        return step
    return replace(step, presence=Presence.NOT_SELECTED)
