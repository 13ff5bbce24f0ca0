"""Where a card goes when its code changes, because of what, and whether at all: a function of both states of its
code, of the board's rules and columns, and of what people decided.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from taskly.github.rules.automation import (
    Automation,
    Column,
    Rule,
    RuleSetting,
    may_move,
    target_column,
)
from taskly.github.rules.standing import CardCode, Standing, begins, newest, standing, steps


@dataclass(frozen=True, slots=True)
class Begun:
    """A rule that began to hold."""

    rule: Rule
    because: UUID
    """The branch or pull request that is new in it."""
    column: Column | None
    """Where it sends the card; None if the board has no such column."""
    setting: RuleSetting


def begun(
    before: CardCode, after: CardCode, automation: Automation, columns: Sequence[Column]
) -> list[Begun]:
    """The rules that began to hold on the way from one state to the other, in order."""
    way = [standing(step, automation) for step in steps(before, after)]
    return [
        _begun(was, now, after, automation, columns)
        for was, now in pairwise(way)
        if now is not None and begins(was, now)
    ]


def move_of(
    column_id: UUID,
    rules: Sequence[Begun],
    columns: Sequence[Column],
    stopped: Collection[Rule] = (),
) -> tuple[Begun, Column] | None:
    """The last of the rules that moves a card out of its column, and whereto; None if the card stays.

    Each is asked where the one before it left the card. Rules that people `stopped` for the card move nothing.
    """
    there, last = column_id, None
    for each in rules:
        column = None if each.rule in stopped else each.column
        if column is not None and may_move(there, column, columns, each.setting):
            there, last = column.id, (each, column)
    return None if there == column_id else last


def taken_back(
    column_id: UUID,
    before: CardCode,
    after: CardCode,
    automation: Automation,
    columns: Sequence[Column],
    stopped: Collection[Rule] = (),
) -> tuple[Begun, Column] | None:
    """Where a card goes that was completed too early, because one of its open pull requests had not been heard of.

    It goes to where it would be had all been told in GitHub's order, also backwards; None if it was not so, or if the
    card is not where it was sent any more.
    """

    def told_in_order(code: CardCode) -> tuple[Begun, Column] | None:
        rules = begun(CardCode(), code, automation, columns)
        return move_of(columns[0].id, rules, columns, stopped)

    was = told_in_order(before) if _has_missed(before, after) else None
    if was is None or was[0].rule is not Rule.MERGED or was[1].id != column_id:
        return None
    now = told_in_order(after)
    return None if now is None or now[1].id == column_id else now


def _has_missed(before: CardCode, after: CardCode) -> bool:
    """Whether a pull request was open at the last merge, and still is, that had not been heard of."""
    known = {pull.id for pull in before.pull_requests}
    merges = [pull.merged_at for pull in before.pull_requests if pull.merged_at is not None]
    return bool(merges) and any(
        pull.closes and pull.is_open and pull.opened_at <= max(merges) and pull.id not in known
        for pull in after.pull_requests
    )


def _begun(
    was: Standing | None,
    now: Standing,
    after: CardCode,
    automation: Automation,
    columns: Sequence[Column],
) -> Begun:
    setting = automation.setting(now.rule).towards(now.target)
    column = target_column(now.rule, setting, columns)
    return Begun(now.rule, newest(was, now, after), column, setting)
