"""Conditions of a query as SQL.

Everything that people type is a parameter. Every condition is true or false, never NULL, so that what is
excluded is exactly what would be found without the minus. What hangs on a card is asked by EXISTS, along
an index that begins with the card or with the thing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    String,
    and_,
    cast,
    exists,
    false,
    func,
    intersect,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from taskly.boards.models import Board, BoardColumn, Label
from taskly.boards.rules import Category
from taskly.cards.models import (
    Card,
    CardAssignee,
    CardDependency,
    CardLabel,
    Priority,
)
from taskly.github.drifting.conditions_repository import drifts
from taskly.github.models import BranchState, CardBranch, CardPullRequest, PullRequestRow
from taskly.github.rules.checks import ChecksState
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision
from taskly.search.conditions_repository import Condition, on_card, there_is
from taskly.search.rules.query import (
    PRIORITIES,
    Drifting,
    Every,
    Has,
    InSprint,
    Keyed,
    Mine,
    Named,
    Query,
    Some,
    Thing,
    Within,
    Without,
    Words,
    mentions_archive,
)
from taskly.search.words_repository import found_by_any, has_text
from taskly.sprints.models import Sprint
from taskly.users.models import User

CardTable = type[Card]


@dataclass(frozen=True, slots=True)
class Filters:
    """Makes conditions for one asker; statements that use them have `Card` and `Board` in their FROM."""

    asker: UUID
    scope: Condition
    """Which cards are looked at."""
    workspace_id: UUID | None = None
    """Set when that is a whole workspace: then words and keys are looked up in indexes first, and cards are read
    that they find. Else there are few cards, and each is looked at."""
    heeds_archived_boards: bool = True
    """Whether the cards of an archived board count as archived."""

    def where(self, query: Query) -> Condition:
        """The scope and the whole query; unless that speaks of the archive, only what is outside it."""
        is_there = Card.deleted_at.is_(None)
        condition = and_(self.scope, is_there, self._condition(query))
        if mentions_archive(query):
            return condition
        return and_(condition, not_(self._archived()))

    def _condition(self, query: Query) -> Condition:
        match query:
            case Every(parts):
                return self._every(parts)
            case Some(parts):
                return self._some(parts)
            case Without(part):
                return not_(self._condition(part))
            case Mine():
                return on_card(CardAssignee.card_id, CardAssignee.user_id == self.asker)
            case Words() | Keyed():
                return self._text([query])
            case Has("archived"):
                return self._archived()
        return _leaf(query)

    def _every(self, parts: Sequence[Query]) -> Condition:
        """All of the parts. What full text and keys find is looked up as one: PostgreSQL can't know how many cards
        that will be, and several such lists are easily joined the wrong way round."""
        sought = [each for each in map(_sought, parts) if each]
        others = [self._condition(part) for part in parts if not _sought(part)]
        if sought:
            others.append(self._text(*sought))
        return and_(true(), *others)

    def _some(self, parts: Sequence[Query]) -> Condition:
        """Any of the parts; what full text and keys find is put together before cards are looked at."""
        sought = [part for part in parts if isinstance(part, Words | Keyed)]
        others = [self._condition(part) for part in parts if not isinstance(part, Words | Keyed)]
        if sought:
            others.append(self._text(sought))
        return or_(false(), *others)

    def _text(self, *sought: Sequence[Words | Keyed]) -> Condition:
        """Of each list of words and keys any."""
        if self.workspace_id is None:
            return and_(*(or_(*map(has_text, leaves)) for leaves in sought))
        lists = [found_by_any(leaves, self.workspace_id) for leaves in sought]
        found = lists[0] if len(lists) == 1 else intersect(*lists)
        # Looked up once: of a workspace that is new PostgreSQL expects a card or two, and would look for each.
        once = found.cte().prefix_with("MATERIALIZED")
        return Card.id.in_(select(once.c[0]))

    def _archived(self) -> Condition:
        if self.heeds_archived_boards:
            return or_(Card.archived_at.is_not(None), Board.archived_at.is_not(None))
        return Card.archived_at.is_not(None)


def _sought(query: Query) -> list[Words | Keyed]:
    """The words and keys of which any will do, if the query is nothing else."""
    parts = query.parts if isinstance(query, Some) else (query,)
    sought = [part for part in parts if isinstance(part, Words | Keyed)]
    return sought if len(sought) == len(parts) else []


def _leaf(query: Named | Within | InSprint | Drifting | Has) -> Condition:
    match query:
        case Named(field, names):
            return _NAMED[field](names)
        case Within():
            return _within(query)
        case InSprint():
            return _in_sprint(query)
        case Drifting(kinds, now):
            return drifts(kinds, now)
        case Has(thing):
            return _HAS[thing]()


def _among(column: Any, names: Sequence[str]) -> Condition:
    """Whether the name is one of these, in any case of letters, as PostgreSQL knows them."""
    return func.lower(column).in_([func.lower(cast(literal(name), String)) for name in names])


def _assignee(names: Sequence[str]) -> Condition:
    called = or_(_among(User.login, names), _among(User.file_login, names))
    return on_card(CardAssignee.card_id, CardAssignee.user_id == User.id, called)


def _board(names: Sequence[str]) -> Condition:
    return or_(_among(Board.key, names), _among(Board.name, names))


# With the workspace, so that what is not of it is never looked at.
_OF_COLUMN = (BoardColumn.id == Card.column_id, BoardColumn.workspace_id == Card.workspace_id)
_OF_SPRINT = (Sprint.id == Card.sprint_id, Sprint.workspace_id == Card.workspace_id)


def _column(names: Sequence[str]) -> Condition:
    return there_is(*_OF_COLUMN, _among(BoardColumn.name, names))


def _category(names: Sequence[str]) -> Condition:
    wanted = [Category(name) for name in names]
    return there_is(*_OF_COLUMN, BoardColumn.category.in_(wanted))


def _label(names: Sequence[str]) -> Condition:
    return on_card(
        CardLabel.card_id,
        CardLabel.label_id == Label.id,
        Label.workspace_id == Card.workspace_id,
        _among(Label.name, names),
    )


def _sprint(names: Sequence[str]) -> Condition:
    return there_is(*_OF_SPRINT, _among(Sprint.name, names))


def _pull_request(*conditions: Condition) -> Condition:
    return there_is(
        CardPullRequest.board_id == Card.board_id,
        CardPullRequest.card_id == Card.id,
        CardPullRequest.removed_at.is_(None),
        PullRequestRow.id == CardPullRequest.pull_request_id,
        *conditions,
    )


def _is_live(card: CardTable) -> Condition:
    return and_(card.completed_at.is_(None), card.archived_at.is_(None))


def _waits(ours: InstrumentedAttribute[UUID], others: InstrumentedAttribute[UUID]) -> Condition:
    """Whether there is a live card on the other end of a dependency."""
    other = aliased(Card)
    at_hand = and_(CardDependency.board_id == Card.board_id, ours == Card.id)
    return there_is(at_hand, other.id == others, _is_live(other))


_NAMED: Mapping[str, Callable[[Sequence[str]], Condition]] = {
    "assignee": _assignee,
    "board": _board,
    "category": _category,
    "checks": lambda names: _pull_request(PullRequestRow.checks.in_(map(ChecksState, names))),
    "column": _column,
    "label": _label,
    "pr": lambda names: _pull_request(PullRequestRow.state.in_(map(PullRequestState, names))),
    "review": lambda names: _pull_request(
        PullRequestRow.review_decision.in_(map(ReviewDecision, names))
    ),
    "sprint": _sprint,
}

_HAS: Mapping[Thing, Callable[[], Condition]] = {
    "assignee": lambda: on_card(CardAssignee.card_id),
    "attachments": lambda: Card.attachments != [],
    "blocked": lambda: _waits(CardDependency.blocked_id, CardDependency.blocker_id),
    "blocking": lambda: and_(
        _is_live(Card), _waits(CardDependency.blocker_id, CardDependency.blocked_id)
    ),
    "branch": lambda: there_is(
        CardBranch.board_id == Card.board_id,
        CardBranch.card_id == Card.id,
        CardBranch.state.in_([BranchState.CREATING, BranchState.CREATED]),
    ),
    "checklist": lambda: Card.checklist != [],
    "comments": lambda: Card.comment_count > 0,
    "completed": lambda: Card.completed_at.is_not(None),
    "criteria": lambda: Card.acceptance_criteria != "",
    "description": lambda: Card.description != "",
    "due": lambda: Card.due_date.is_not(None),
    "label": lambda: on_card(CardLabel.card_id),
    "points": lambda: Card.story_points.is_not(None),
    "pr": _pull_request,
    "sprint": lambda: Card.sprint_id.is_not(None),
    "started": lambda: Card.started_at.is_not(None),
}

_RANGES: Mapping[str, InstrumentedAttribute[Any]] = {
    "completed": Card.completed_at,
    "created": Card.created_at,
    "due": Card.due_date,
    "points": Card.story_points,
    "started": Card.started_at,
    "updated": Card.updated_at,
}


def _within(range_: Within) -> Condition:
    if range_.field == "priority":
        levels = enumerate(map(Priority, PRIORITIES))
        return Card.priority.in_([level for number, level in levels if _holds(range_, number)])
    column = _RANGES[range_.field]
    bounds: list[Condition] = [column.is_not(None)]
    if range_.first is not None:
        bounds.append(column >= range_.first)
    if range_.last is not None:
        bounds.append(column <= range_.last)
    return and_(*bounds)


def _holds(range_: Within, level: int) -> bool:
    first, last = range_.first, range_.last
    is_above = not isinstance(first, int) or level >= first
    return is_above and (not isinstance(last, int) or level <= last)


def _in_sprint(leaf: InSprint) -> Condition:
    mine = and_(*_OF_SPRINT, Sprint.deleted_at.is_(None))
    if leaf.which == "current":
        by_days = and_(Sprint.starts_on <= leaf.today, Sprint.ends_on >= leaf.today)
        return there_is(
            mine, Sprint.completed_at.is_(None), Sprint.started_at.is_not(None) | by_days
        )
    sooner = aliased(Sprint)
    nearer = exists().where(
        sooner.board_id == Sprint.board_id,
        sooner.deleted_at.is_(None),
        sooner.started_at.is_(None),
        sooner.starts_on > leaf.today,
        sooner.starts_on < Sprint.starts_on,
    )
    is_planned = and_(Sprint.started_at.is_(None), Sprint.starts_on > leaf.today)
    return there_is(mine, is_planned, not_(nearer))
