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
