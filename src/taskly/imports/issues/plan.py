"""What an import of issues is to do, how far it is, and what it found on the way.

Issues are read by pages, once to show what they come to and once to make cards of them. Neither keeps more than
a page: between two pages stand these few words, so that whoever is killed in between goes on at the same page.
"""

import enum
from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel

from taskly.imports.sources.plan import MOST_EXAMPLES, Note, Plan, PlannedLabel, PlannedSprint


class Which(enum.StrEnum):
    """Which issues are wanted."""

    OPEN = "open"
    ALL = "all"


class Field(enum.StrEnum):
    """What `again` may bring up to date of cards that are there."""

    TITLE = "title"
    DESCRIPTION = "description"
    ACCEPTANCE_CRITERIA = "acceptance_criteria"
    LABELS = "labels"
    ASSIGNEES = "assignees"
    SPRINT = "sprint"
    COLUMN = "column"


class Wanted(BaseModel):
    """What somebody asked for."""

    repository_id: UUID
    github_id: int
    issues: Which
    open_column_id: UUID
    done_column_id: UUID
    comments: bool
    update: list[Field]


class Stage(enum.StrEnum):
    """What comes next."""

    ISSUES = "issues"
    COMMENTS = "comments"
    END = "end"


class Stand(BaseModel):
    """Where the work goes on."""

    stage: Stage = Stage.ISSUES
    page: str | None = None
    """Where GitHub has the next page; None for the first."""
    done: int = 0
    """How many issues were seen."""

    def after(self, seen: int, page: str | None, *, comments: bool = False) -> "Stand":
        """The stand after a page on which so many issues were, and after which there is another or none."""
        if page is not None:
            return Stand(stage=self.stage, page=page, done=self.done + seen)
        has_comments = comments and self.stage is Stage.ISSUES
        return Stand(
            stage=Stage.COMMENTS if has_comments else Stage.END, page=None, done=self.done + seen
        )


KINDS = ("columns", "labels", "cards", "archived", "steps", "links", "comments")
"""What every receipt counts."""


class IssuesPlan(BaseModel):
    """An import of issues between two pages."""

    wanted: Wanted
    stand: Stand = Stand()
    counts: dict[str, int] = {}
    """Of what was read, by kinds."""
    expected: dict[str, int] = {}
    made: dict[str, int] = {}
    """What the issues had of which cards were made, and what these have."""
    labels: dict[str, PlannedLabel] = {}
    """By their names in small letters."""
    sprints: dict[str, PlannedSprint] = {}
    people: dict[str, int] = {}
    """GitHub's ids of accounts by their logins."""
    notes: list[Note] = []

    def count(self, more: dict[str, int]) -> None:
        """Add to what was read."""
        self.counts = _sums(self.counts, more)

    def account(self, expected: dict[str, int], made: dict[str, int]) -> None:
        """Add to what is expected, and to what was made of it."""
        self.expected, self.made = _sums(self.expected, expected), _sums(self.made, made)

    def receipt(self) -> dict[str, object]:
        """What was expected beside what was made, and what was left and why."""
        kinds = {**dict.fromkeys(KINDS, 0), **self.expected}
        made = {kind: self.made.get(kind, 0) for kind in kinds}
        return {
            "expected": kinds,
            "made": made,
            "differences": [kind for kind, count in kinds.items() if made[kind] != count],
            "left": [note.model_dump() for note in self.notes],
        }

    def begin_again(self) -> None:
        """Go back to the first page, with nothing made yet."""
        self.stand, self.notes, self.expected, self.made = Stand(), [], {}, {}

    def meet(self, plan: Plan) -> None:
        """Remember what a page has that a board may have to get."""
        for label in plan.labels:
            self.labels.setdefault(label.name.lower(), label)
        for sprint in plan.sprints:
            self.sprints.setdefault(sprint.name.lower(), sprint)
        self.take(plan.notes)

    def note(self, kind: str, about: str, example: str) -> None:
        """Note that something does not come over as it is."""
        self.take([Note(kind=kind, about=about, count=1, examples=[example])])

    def take(self, notes: Iterable[Note]) -> None:
        """Add the notes of a page to what was noted before."""
        known = {(each.kind, each.about): each for each in self.notes}
        for note in notes:
            there = known.setdefault(
                (note.kind, note.about),
                Note(kind=note.kind, about=note.about, count=0, examples=[]),
            )
            there.count += note.count
            examples = dict.fromkeys([*there.examples, *note.examples])
            there.examples = list(examples)[:MOST_EXAMPLES]
        self.notes = list(known.values())


def _sums(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {kind: counts.get(kind, 0) + more.get(kind, 0) for kind in {**counts, **more}}
