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
class PlannedSprint:
    """A sprint that began on Monday of this week and ends on Friday of the next."""

    name: str
    goal: str
    capacity: int


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
    in_sprint: bool = False
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
    sprint: PlannedSprint | None = None
    repository: str | None = None
