"""The fields of a query: what each takes, and what its words mean. The guide's table is made of this.

Unquoted words such as `none` and `me` are `keywords`; in quotes they are names like any other.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from taskly.github.rules.drift import Drift
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.query import (
    PRIORITIES,
    Drifting,
    Every,
    Has,
    InSprint,
    Mine,
    Named,
    NamedField,
    Query,
    RangeField,
    Thing,
    Within,
    Without,
)

Meaning = Callable[[Calendar], Query]
"""What a word means at a moment."""


class Takes(enum.StrEnum):
    """What a field takes besides its keywords."""

    KEYWORDS = "one of its words"
    NAMES = "a name"
    LEVELS = "a level, a comparison or a range"
    NUMBERS = "a number, a comparison or a range"
    DAYS = "a day, a comparison or a range"
    TIMES = "a day or time, a comparison or a range"


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    name: str
    about: str
    """What it asks, to complete “cards …”."""
    takes: Takes
    keywords: Mapping[str, Meaning] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    names: NamedField | None = None
    """What the names are of."""
    ranges: RangeField | None = None
    """What the bounds are of."""

    @property
    def expected(self) -> tuple[str, ...]:
        """What may stand behind the colon, for the message about what may not."""
        own = () if self.takes is Takes.KEYWORDS else (self.takes.value,)
        levels = PRIORITIES if self.takes is Takes.LEVELS else ()
        return (*self.keywords, *levels, *own)


def _always(query: Query) -> Meaning:
    return lambda _: query


def _without(thing: Thing) -> Mapping[str, Meaning]:
    return {"none": _always(Without(Has(thing)))}


def _words(field: NamedField, *words: str) -> Mapping[str, Meaning]:
    return {word: _always(Named(field, (word,))) for word in words}


def _drifting(*kinds: Drift) -> Meaning:
    return lambda calendar: Drifting(frozenset(kinds), calendar.now)


def _overdue(calendar: Calendar) -> Query:
    late = Within("due", None, calendar.today - timedelta(days=1))
    return Every((late, Without(Has("completed"))))


_IS: Mapping[str, Meaning] = {
    "open": _always(Without(Has("completed"))),
    "done": _always(Has("completed")),
    "started": _always(Every((Has("started"), Without(Has("completed"))))),
    "overdue": _overdue,
    "unassigned": _always(Without(Has("assignee"))),
    "blocked": _always(Has("blocked")),
    "blocking": _always(Has("blocking")),
    "drifting": _drifting(*Drift),
    "archived": _always(Has("archived")),
}
_THINGS: tuple[Thing, ...] = (
    "assignee",
    "attachments",
    "branch",
    "checklist",
    "comments",
    "criteria",
    "description",
    "due",
    "label",
    "points",
    "pr",
    "sprint",
)

_ALL = (
    Field(
        "assignee",
        "that somebody works on: `me`, a login, or `none`",
        Takes.NAMES,
        {"me": _always(Mine()), **_without("assignee")},
        ("assignee:me", "assignee:octocat,none"),
        names="assignee",
    ),
    Field(
        "board",
        "of a board, by its key or name",
        Takes.NAMES,
        examples=("board:PAY", 'board:"Mobile App"'),
        names="board",
    ),
    Field(
        "category",
        "in a column of this category",
        Takes.KEYWORDS,
        _words("category", "todo", "in_progress", "done"),
        ("category:in_progress",),
    ),
    Field(
        "checks",
        "with a pull request whose checks stand so",
        Takes.KEYWORDS,
        _words("checks", "passing", "failing", "pending"),
        ("checks:failing",),
    ),
    Field(
        "column",
        "in a column of this name",
        Takes.NAMES,
        examples=("column:Done", 'column:"In Review"'),
        names="column",
    ),
    Field(
        "completed",
        "that were completed then, or not yet: `none`",
        Takes.TIMES,
        _without("completed"),
        ("completed:>=-1w", "completed:2026-11-01..2026-11-30"),
        ranges="completed",
    ),
    Field(
        "created",
        "that were made then",
        Takes.TIMES,
        examples=("created:today", "created:>-2w", "created:>=2026-11-23T09:00"),
        ranges="created",
    ),
    Field(
        "drift",
        "that have come apart from their code in this way",
        Takes.KEYWORDS,
        {kind.value: _drifting(kind) for kind in Drift},
        ("drift:merged_not_done", "drift:branch_gone,checks_failing"),
    ),
    Field(
        "due",
        "that are due then, `overdue`, or without a due date: `none`",
        Takes.DAYS,
        {"overdue": _overdue, **_without("due")},
        ("due:<7d", "due:2026-12-01..2026-12-31", "due:overdue,none"),
        ranges="due",
    ),
    Field(
        "has",
        "on which there is such a thing",
        Takes.KEYWORDS,
        {thing: _always(Has(thing)) for thing in _THINGS},
        ("has:comments", "-has:points"),
    ),
    Field(
        "is",
        "that stand so; without `is:archived` the archive is left out",
        Takes.KEYWORDS,
        _IS,
        ("is:open", "is:blocked", "-is:started"),
    ),
    Field(
        "label",
        "with a label of this name, or without any: `none`",
        Takes.NAMES,
        _without("label"),
        ("label:bug,ui", 'label:"good first issue"', "label:none"),
        names="label",
    ),
    Field(
        "points",
        "of so many story points, or without: `none`",
        Takes.NUMBERS,
        _without("points"),
        ("points:3", "points:>3", "points:2..5", "points:none"),
        ranges="points",
    ),
    Field(
        "pr",
        "with a pull request in this state, or without any: `none`",
        Takes.KEYWORDS,
        {**_words("pr", "open", "draft", "closed", "merged"), **_without("pr")},
        ("pr:open,draft", "pr:none"),
    ),
    Field(
        "priority",
        "of this priority; `none` is the least",
        Takes.LEVELS,
        examples=("priority:urgent", "priority:>=high", "priority:low..medium"),
        ranges="priority",
    ),
    Field(
        "review",
        "with a pull request whose reviewers have decided so",
        Takes.KEYWORDS,
        _words("review", "approved", "changes_requested", "review_required"),
        ("review:approved",),
    ),
    Field(
        "sprint",
        "in the sprint under way, the next one of the board, one of this name, or `none`",
        Takes.NAMES,
        {
            "current": lambda calendar: InSprint("current", calendar.today),
            "next": lambda calendar: InSprint("next", calendar.today),
            **_without("sprint"),
        },
        ("sprint:current", 'sprint:"Sprint 12"', "sprint:none"),
        names="sprint",
    ),
    Field(
        "started",
        "on which work began then, or not yet: `none`",
        Takes.TIMES,
        _without("started"),
        ("started:<-2w", "started:none"),
        ranges="started",
    ),
    Field(
        "updated",
        "that last changed then",
        Takes.TIMES,
        examples=("updated:today", "updated:<-30d"),
        ranges="updated",
    ),
)

FIELDS: Mapping[str, Field] = {each.name: each for each in _ALL}
"""Every field by its name, in the order of the alphabet."""

BACKWARD = frozenset({"completed", "created", "started", "updated"})
"""Fields of what has happened: a relative day of theirs in the future is a slip."""
