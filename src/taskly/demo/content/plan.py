"""The form of what is planned: boards, columns, labels, cards."""

from dataclasses import dataclass
from typing import Literal

Category = Literal["todo", "in_progress", "done"]
Priority = Literal["none", "low", "medium", "high", "urgent"]

TODO, DOING, REVIEW, DONE = "To Do", "In Progress", "In Review", "Done"
"""Names of the columns that every planned board has."""


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of a board."""

    name: str
    category: Category
    wip_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What came between the plan of a card and its end."""

    kind: Literal["nothing", "late", "dropped", "reopened", "estimated"]
    """Put into the sprint while it ran, taken out of it, done twice, or larger than it seemed."""
    day: float = 0
    """When it came, in working days of the sprint; for late ones."""
    points: int = 0
    """The better estimate."""


AS_PLANNED = Fate("nothing")


@dataclass(frozen=True, slots=True)
class PastCard:
    """A card of a sprint that is over. When it was worked on is drawn from its points."""

    title: str
    points: int
    assignee: str
    label: str
    priority: Priority = "medium"
    fate: Fate = AS_PLANNED


@dataclass(frozen=True, slots=True)
class PastSprint:
    """A sprint that is over. Cards that somebody did not get to were carried over."""

    goal: str
    cards: tuple[PastCard, ...]


LAST, RUNNING, NEXT, AFTER_NEXT = -1, 0, 1, 2
"""Sprints, counted from the one that runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSeries:
    """The sprints of a board, two weeks each: those that are over, one that runs, two ahead."""

    running: int
    """The number of the one that runs."""
    goals: tuple[str, ...]
    """Of the one that runs and those after it."""
    capacity: int
    past: tuple[PastSprint, ...] = ()
    days_off: tuple[tuple[str, int], ...] = ()
    """In the sprint that runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCard:
    """A card. Its key follows from its place in the plan: the first one of PAY is PAY-1."""

    title: str
    column: str = TODO
    labels: tuple[str, ...] = ()
    priority: Priority = "none"
    points: int | None = None
    assignees: tuple[str, ...] = ()
    due_in_days: int | None = None
    sprint: int | None = None
    """`RUNNING`, `LAST` or another one, counted from the one that runs."""
    carried: bool = False
    """Left over from the sprint before."""
    late: bool = False
    """Put into the sprint while it ran."""
    waits_for: str | None = None
    """The title of a card that has to be done first."""
    text: str = ""
    criteria: tuple[str, ...] = ()

    @property
    def acceptance_criteria(self) -> str:
        """The criteria as a Markdown list to tick off; ticked on a card that is done."""
        mark = "x" if self.column == DONE else " "
        return "\n".join(f"- [{mark}] {criterion}" for criterion in self.criteria)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBoard:
    """A board, and the repository in which its cards' code lies, if it has one."""

    name: str
    key: str
    labels: dict[str, str]
    cards: tuple[PlannedCard, ...]
    columns: tuple[PlannedColumn, ...] = (
        PlannedColumn(TODO, "todo"),
        PlannedColumn(DOING, "in_progress"),
        PlannedColumn(REVIEW, "in_progress"),
        PlannedColumn(DONE, "done"),
    )
    series: PlannedSeries | None = None
    repository: str | None = None
