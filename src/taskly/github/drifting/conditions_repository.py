"""Whether a card drifts, in SQL: what `rules.drift` says, to find such cards among many.

Every condition is true or false, never NULL. Statements that use them have `Card` and `Board` in their FROM.
What hangs on a card is asked by EXISTS, along an index that begins with the card or with the thing.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, aliased

from taskly.boards.models import Board, BoardColumn
from taskly.boards.rules import Category
from taskly.cards.models import Card
from taskly.github.base_models import BaseBranchRow
from taskly.github.models import BranchState, CardBranch, CardPullRequest, CheckRun, PullRequestRow
from taskly.github.rules.automation import Rule
from taskly.github.rules.checks import ChecksState, CheckState
from taskly.github.rules.drift import FAILING_AFTER, IDLE_AFTER, Drift
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewDecision
from taskly.platform.tables import Base

Condition = ColumnElement[bool]
Link = type[CardPullRequest]
Pull = type[PullRequestRow]
Here = type[BoardColumn]

_DECISIVE = func.coalesce(PullRequestRow.required_checks, PullRequestRow.checks)
"""What checks come to: the required ones, where that is known."""
OPEN = (PullRequestState.OPEN, PullRequestState.DRAFT)
LEFT = (BranchState.CREATING, BranchState.CREATED)
_NO_TARGETS = literal_column("'[]'::jsonb", JSONB)


def drifts(kinds: frozenset[Drift], now: datetime) -> Condition:
    """Whether a card drifts in one of these ways."""
    here, own = aliased(BoardColumn), (CardPullRequest, PullRequestRow)
    shown = [_shows(kind, here, now) for kind in Drift if kind in kinds - {Drift.BRANCH_GONE}]
    # All pull requests of a card are looked at once, for whatever they show.
    ways = [_exist(own, *_linked(*own), CardPullRequest.closes, or_(false(), *shown))]
    if Drift.BRANCH_GONE in kinds:
        ways.append(_branch_gone(here))
    in_column = exists().where(
        here.board_id == Card.board_id, here.id == Card.column_id, or_(*ways)
    )
    outside_archive = and_(Card.archived_at.is_(None), Board.archived_at.is_(None))
    return and_(outside_archive, in_column.correlate(Card, Board))


def _shows(kind: Drift, here: Here, now: datetime) -> Condition:
    """Whether a pull request that may complete a card in this column shows that it drifts so.

    What costs least stands first: PostgreSQL asks one after the other.
    """
    pull, is_done = PullRequestRow, here.category == Category.DONE
    is_ready = and_(pull.state == PullRequestState.OPEN, not_(is_done))
    match kind:
        case Drift.MERGED_NOT_DONE:
            is_merged = and_(pull.merged_at.is_not(None), not_(is_done), _is_on(Rule.MERGED))
            is_before = here.rank < _target(Rule.MERGED, BoardColumn.rank, pull)
            counts = and_(is_merged, _heeds(Rule.MERGED, pull))
            return and_(counts, func.coalesce(is_before, False), not_(_goes_on()))
        case Drift.DONE_BUT_OPEN:
            is_open = pull.state.in_(OPEN)
            return and_(is_open, is_done, _is_on(Rule.MERGED), not_(_is_left_over()))
        case Drift.IN_REVIEW_BUT_DRAFT:
            is_draft = pull.state == PullRequestState.DRAFT
            return and_(is_draft, _is_for_review(here), not_(_is_left_over()))
        case Drift.BRANCH_GONE:
            return false()
        case Drift.APPROVED_AND_IDLE:
            is_approved = pull.review_decision == ReviewDecision.APPROVED
            is_idle = pull.github_updated_at <= now - IDLE_AFTER
            may_merge = _DECISIVE.is_distinct_from(ChecksState.FAILING)
            return and_(is_ready, is_approved, is_idle, may_merge, not_(_is_left_over()))
        case Drift.CHECKS_FAILING:
            is_failing = _DECISIVE == ChecksState.FAILING
            has_failed = _has_failed_by(now - FAILING_AFTER)
            return and_(is_ready, is_failing, has_failed, not_(_is_left_over()))


def _goes_on() -> Condition:
    """Whether work goes on in spite of the merge."""
    link, pull = _another()
    is_later = and_(pull.opened_at > PullRequestRow.merged_at, _heeds(Rule.MERGED, pull))
    is_missed = or_(not_(_any_will_do()), is_later)
    return _exist((link, pull), *_linked(link, pull), link.closes, pull.state.in_(OPEN), is_missed)


def _is_left_over() -> Condition:
    """Whether an open pull request was there before the merge that was enough."""
    link, pull = _another()
    was_later = pull.merged_at >= PullRequestRow.opened_at
    is_beside = and_(pull.merged_at.is_not(None), not_(_heeds(Rule.MERGED, PullRequestRow)))
    completes = and_(link.closes, or_(was_later, is_beside), _heeds(Rule.MERGED, pull))
    return and_(_any_will_do(), _exist((link, pull), *_linked(link, pull), completes))


def _is_for_review(here: Here) -> Condition:
    """Whether the column is that of reviews, has nothing else to do, and none of the pull requests is ready."""
    link, pull = _another()
    review = _target(Rule.PULL_REQUEST_OPENED, BoardColumn.id, PullRequestRow)
    return and_(
        _is_on(Rule.PULL_REQUEST_OPENED),
        _heeds(Rule.PULL_REQUEST_OPENED, PullRequestRow),
        review.is_not_distinct_from(here.id),
        review.is_distinct_from(_target(Rule.BRANCH_CREATED, BoardColumn.id)),
        not_(_exist((link, pull), *_linked(link, pull), pull.state == PullRequestState.OPEN)),
    )


def _has_failed_by(latest: datetime) -> Condition:
    """Whether a check of the pull request's head failed by then, and fails still."""
    return _exist(
        [CheckRun],
        CheckRun.repository_id == PullRequestRow.repository_id,
        CheckRun.head_sha == PullRequestRow.head_sha,
        CheckRun.state == CheckState.FAILING,
        CheckRun.github_updated_at <= latest,
        or_(PullRequestRow.required_checks.is_(None), _is_required()),
    )


def _is_required() -> Condition:
    """Whether the pull request's base branch requires the check."""
    named = func.jsonb_build_array(func.jsonb_build_object("name", CheckRun.name))
    return _exist(
        [BaseBranchRow],
        BaseBranchRow.repository_id == PullRequestRow.repository_id,
        BaseBranchRow.name == PullRequestRow.base_branch,
        BaseBranchRow.required_checks.contains(named),
    )


def _branch_gone(here: Here) -> Condition:
    own = (CardBranch.board_id == Card.board_id, CardBranch.card_id == Card.id)
    link, pull = _another()
    is_merged = _exist(
        [PullRequestRow],
        PullRequestRow.repository_id == CardBranch.repository_id,
        PullRequestRow.head_branch == CardBranch.name,
        PullRequestRow.head_fork.is_(None),
        PullRequestRow.merged_at.is_not(None),
    )
    went = and_(CardBranch.state == BranchState.DELETED, CardBranch.github_updated_at.is_not(None))
    other_code = or_(pull.state.in_(OPEN), pull.merged_at.is_not(None))
    closed = and_(pull.state == PullRequestState.CLOSED, _is_on(Rule.CLOSED))
    return and_(
        here.category == Category.IN_PROGRESS,
        _is_on(Rule.BRANCH_CREATED),
        _exist([CardBranch], *own, went, not_(is_merged)),
        not_(_exist([CardBranch], *own, CardBranch.state.in_(LEFT))),
        not_(_exist((link, pull), *_linked(link, pull), or_(other_code, closed))),
    )


def _exist(tables: Collection[type[Base]], *conditions: SQLColumnExpression[bool]) -> Condition:
    """Whether the tables have rows like that, of a card or a thing that is looked at outside.

    With an offset, though it is none, PostgreSQL asks for each card. Else it may read a table once for all of
    them, as if there were no other workspaces.
    """
    rows: Select[Any] = select(literal_column("1")).where(*conditions).offset(literal_column("0"))
    return rows.correlate_except(*tables).exists()


def _linked(link: Link, pull: Pull) -> tuple[Condition, ...]:
    return (
        link.board_id == Card.board_id,
        link.card_id == Card.id,
        link.removed_at.is_(None),
        pull.id == link.pull_request_id,
    )


def _another() -> tuple[Link, Pull]:
    return aliased(CardPullRequest), aliased(PullRequestRow)


def _is_on(rule: Rule) -> Condition:
    """Whether the board has the rule switched on: all are at first, but the one of closed pull requests."""
    written = _written(rule.value, "enabled")
    if rule is Rule.CLOSED:
        return written.is_not_distinct_from("true")
    return written.is_distinct_from("false")


def _any_will_do() -> Condition:
    return _written("merged_needs").is_distinct_from("all")


def _written(*path: str) -> ColumnElement[str]:
    """A setting of the board's rules, as it is stored; NULL if it is the usual one."""
    return func.jsonb_extract_path_text(Board.automation, *path)


def _heeds(rule: Rule, pull: Pull) -> Condition:
    """Whether the rule holds for pull requests into that branch."""
    return or_(not_(_has_targets(rule)), _matching(rule, pull).is_not(None))


def _has_targets(rule: Rule) -> Condition:
    return func.jsonb_array_length(_targets(rule)) > 0


def _matching(rule: Rule, pull: Pull) -> ColumnElement[Any]:
    """What the rule says of the base branch of a pull request; NULL if nothing."""
    each = (
        func.jsonb_array_elements(_targets(rule))
        .table_valued(column("target", JSONB), with_ordinality="place")
        .render_derived()
    )
    first = (
        select(each.c.target)
        .where(pull.base_branch.op("~")(_as_expression(each.c.target["pattern"].astext)))
        .order_by(each.c.place)
        .limit(1)
        .correlate(Board, pull)
        .scalar_subquery()
    )
    return case((_has_targets(rule), first))


def _targets(rule: Rule) -> ColumnElement[Any]:
    return func.coalesce(
        func.jsonb_extract_path(Board.automation, rule.value, "targets"), _NO_TARGETS
    )


def _as_expression(pattern: ColumnElement[str]) -> ColumnElement[str]:
    """A pattern as `rules.branch_patterns` reads it, as a regular expression of PostgreSQL."""
    plain = func.regexp_replace(pattern, r"([]+.^$(){}|\\[])", r"\\\1", "g")
    made = func.regexp_replace(plain, r"(?<![^/])\*\*/", _DIRECTORIES, "g")
    for sign, meaning in (
        ("**", _ANYTHING),
        ("*", "[^/]*"),
        ("?", "[^/]"),
        (_DIRECTORIES, "(.*/)?"),
        (_ANYTHING, ".*"),
    ):
        made = func.replace(made, sign, meaning)
    return func.concat("^", made, "$")


_DIRECTORIES, _ANYTHING = "\x01", "\x02"
"""No branch has them in its name."""


def _target(
    rule: Rule, wanted: InstrumentedAttribute[Any], pull: Pull | None = None
) -> ScalarSelect[Any]:
    """Of the column where the rule sends cards, as `rules.automation.target_column` finds it, because of a pull
    request if there is one.
    """
    there = aliased(BoardColumn)
    chosen, category = _written(rule.value, "column_id"), _written(rule.value, "category")
    if pull is not None:
        own = _matching(rule, pull)
        is_own = own["column_id"].astext.is_not(None)
        category = case((is_own, own["category"].astext), else_=category)
        chosen = func.coalesce(own["column_id"].astext, chosen)
    is_chosen = func.coalesce(cast(there.id, String) == chosen, False)
    has_substitute = and_(chosen.is_not(None), category.is_not(None))
    usual = Category.DONE if rule is Rule.MERGED else Category.IN_PROGRESS
    sought = case((has_substitute, category), else_=usual.value)
    order: list[SQLColumnExpression[Any]] = [is_chosen.desc(), there.rank]
    if rule is Rule.PULL_REQUEST_OPENED:
        is_named = and_(not_(has_substitute), func.lower(there.name).contains("review"))
        from_left = case((or_(has_substitute, is_named), there.rank))
        order = [is_chosen.desc(), is_named.desc(), from_left, there.rank.desc()]
    return (
        select(getattr(there, wanted.key))
        .where(
            there.board_id == Board.id,
            there.deleted_at.is_(None),
            or_(is_chosen, cast(there.category, String) == sought),
        )
        .order_by(*order)
        .limit(1)
        .correlate(Board, *([] if pull is None else [pull]))
        .scalar_subquery()
    )
