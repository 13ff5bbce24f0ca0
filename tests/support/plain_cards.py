"""Cards as plain objects, and what a query means of them: read off the definition, one card at a time."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from taskly.github.rules.automation import Automation, Column
from taskly.github.rules.checks import ChecksState
from taskly.github.rules.drift import (
    BranchOnCard,
    CardAndCode,
    Drift,
    PullRequestOnCard,
    kinds,
    signs_of_drift,
)
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision
from taskly.search.rules.query import (
    Drifting,
    Every,
    Has,
    InSprint,
    Keyed,
    Mine,
    Named,
    Query,
    Some,
    Within,
    Without,
    Words,
    mentions_archive,
)


@dataclass(frozen=True, slots=True)
class PlainSprint:
    """A sprint of a board."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """A column of a board."""

    id: UUID
    name: str
    category: str
    rank: str


@dataclass(frozen=True, slots=True)
class PlainBoard:
    """A board with what its cards may have."""

    id: UUID
    key: str
    name: str
    is_archived: bool
    columns: tuple[PlainColumn, ...]
    gone_column: UUID
    """A column that was deleted."""
    automation: Automation
    sprints: tuple[PlainSprint, ...]


@dataclass(frozen=True, slots=True)
class PlainPullRequest:
    """A pull request on a card."""

    state: str
    checks: str | None
    failing: tuple[datetime, ...]
    """When checks of its head failed."""
    review: str | None
    is_removed: bool
    closes: bool
    opened: datetime
    ended: datetime
    """When it was merged, if it was."""
    updated: datetime
    from_branch: bool
    """Whether it is from the card's branch."""
    base: str

    @property
    def merged(self) -> datetime | None:
        """When it was merged."""
        return self.ended if self.state == "merged" else None


@dataclass(frozen=True, slots=True, eq=False)
class PlainCard:
    """A card with all that can be asked of it."""

    id: UUID
    number: int
    board: PlainBoard
    column: PlainColumn
    rank: str
    title: str
    description: str
    criteria: str
    priority: int
    points: int | None
    due: date | None
    sprint: PlainSprint | None
    assignees: frozenset[str]
    labels: frozenset[str]
    pull_requests: tuple[PlainPullRequest, ...]
    branch: str | None
    comments: tuple[str, ...]
    has_checklist: bool
    has_attachments: bool
    blockers: list["PlainCard"]
    blocks: list["PlainCard"]
    created: datetime
    updated: datetime
    started: datetime | None
    completed: datetime | None
    archived: datetime | None


@dataclass(frozen=True, slots=True)
class NaiveSearch:
    """Evaluates queries for one asker."""

    asker: str
    heeds_archived_boards: bool = True

    def found(self, cards: Sequence[PlainCard], query: Query) -> list[PlainCard]:
        """The cards that are found, in their order."""
        hides_archive = not mentions_archive(query)
        return [
            card
            for card in cards
            if self.holds(query, card) and not (hides_archive and self.is_archived(card))
        ]

    def holds(self, query: Query, card: PlainCard) -> bool:
        """Whether a query is true of a card."""
        match query:
            case Every(parts):
                return all(self.holds(part, card) for part in parts)
            case Some(parts):
                return any(self.holds(part, card) for part in parts)
            case Without(part):
                return not self.holds(part, card)
            case Mine():
                return self.asker in card.assignees
            case Has("archived"):
                return self.is_archived(card)
        return is_so(query, card)

    def is_archived(self, card: PlainCard) -> bool:
        """Whether a card is in the archive, or its whole board, if that counts."""
        is_board_archived = self.heeds_archived_boards and card.board.is_archived
        return card.archived is not None or is_board_archived


def is_so(query: Query, card: PlainCard) -> bool:
    """Whether a condition is true that has to do with nothing but the card."""
    match query:
        case Words(text, is_beginning):
            return has_words(card, words_of(text), is_beginning=is_beginning)
        case Keyed(board, number):
            return (card.board.key, card.number) == (board, number)
        case Named(field, names):
            wanted = {name.lower() for name in names}
            return bool({name.lower() for name in names_on(card, field)} & wanted)
        case Within(field, first, last):
            return is_within(getattr(card, field), first, last)
        case InSprint():
            return is_in_sprint(card, query)
        case Drifting(wanted, now):
            return not wanted.isdisjoint(drift_of(card, now))
        case Has(thing):
            return has_thing(card, thing)
    raise TypeError(query)


def words_of(text: str) -> list[str]:
    """The words of a text as full text knows simple ones."""
    return re.findall(r"[^\W_]+", text.lower())


def has_words(card: PlainCard, wanted: list[str], *, is_beginning: bool) -> bool:
    """Whether the words stand one after the other anywhere in the card's texts."""
    own = [*words_of(card.title), *words_of(card.description), *words_of(card.criteria)]
    for there in (own, *map(words_of, card.comments)):
        for start in range(len(there) - len(wanted) + 1):
            pairs = zip(there[start:], wanted, strict=False)
            if all(word.startswith(each) if is_beginning else word == each for word, each in pairs):
                return True
    return False


def names_on(card: PlainCard, field: str) -> Collection[str]:
    """The names of what the card has of this kind."""
    linked = [each for each in card.pull_requests if not each.is_removed]
    return {
        "assignee": card.assignees,
        "board": {card.board.key, card.board.name},
        "category": {card.column.category},
        "checks": {each.checks for each in linked if each.checks is not None},
        "column": {card.column.name},
        "label": card.labels,
        "pr": {each.state for each in linked},
        "review": {each.review for each in linked if each.review is not None},
        "sprint": set() if card.sprint is None else {card.sprint.name},
    }[field]


def is_within(value: object, first: object, last: object) -> bool:
    """Whether a value is there and lies between the bounds, both included."""
    if value is None:
        return False
    return (first is None or first <= value) and (last is None or value <= last)  # type: ignore[operator]


def is_in_sprint(card: PlainCard, query: InSprint) -> bool:
    """Whether the card's sprint is the one under way, or the next of its board."""
    sprint = card.sprint
    if sprint is None:
        return False
    if query.which == "current":
        return sprint.starts_on <= query.today <= sprint.ends_on
    coming = [each.starts_on for each in card.board.sprints if each.starts_on > query.today]
    return sprint.starts_on > query.today and sprint.starts_on == min(coming)


def is_live(card: PlainCard) -> bool:
    """Whether a card is still to be done."""
    return card.completed is None and card.archived is None


def has_thing(card: PlainCard, thing: str) -> bool:
    """Whether there is such a thing on the card."""
    return {
        "assignee": bool(card.assignees),
        "attachments": card.has_attachments,
        "blocked": any(map(is_live, card.blockers)),
        "blocking": is_live(card) and any(map(is_live, card.blocks)),
        "branch": card.branch in {"creating", "created"},
        "checklist": card.has_checklist,
        "comments": bool(card.comments),
        "completed": card.completed is not None,
        "criteria": card.criteria != "",
        "description": card.description != "",
        "due": card.due is not None,
        "label": bool(card.labels),
        "points": card.points is not None,
        "pr": any(not each.is_removed for each in card.pull_requests),
        "sprint": card.sprint is not None,
        "started": card.started is not None,
    }[thing]


def drift_of(card: PlainCard, now: datetime) -> list[Drift]:
    """How a card has come apart from its code."""
    if card.archived is not None or card.board.is_archived:
        return []
    columns = [Column(each.id, each.name, each.category) for each in card.board.columns]
    linked = [each for each in card.pull_requests if not each.is_removed]
    pulls = [
        PullRequestOnCard(
            repository="octo/payments",
            number=number,
            state=PullRequestState(each.state),
            closes=each.closes,
            base=each.base,
            decision=None if each.review is None else ReviewDecision(each.review),
            checks=None if each.checks is None else ChecksState(each.checks),
            failing_since=min(each.failing, default=None),
            opened_at=each.opened,
            merged_at=each.merged,
            updated_at=each.updated,
        )
        for number, each in enumerate(linked)
    ]
    merged = any(each.from_branch and each.merged is not None for each in card.pull_requests)
    exists = card.branch in {"creating", "created"}
    branch = BranchOnCard("octo/payments", "feature", exists=exists, merged=merged, as_of=now)
    branches = [] if card.branch in {None, "failed"} else [branch]
    whole = CardAndCode(card.column.id, columns, card.board.automation, pulls, branches)
    return kinds(signs_of_drift(whole, now))
