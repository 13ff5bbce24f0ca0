"""Moving cards when a rule of their board begins to hold for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.github.facts import facts_repository
from taskly.github.facts.facts_repository import BoardRules, Code, Named
from taskly.github.rules.automation import (
    Automation,
    Column,
    RuleSetting,
    may_move,
    read_automation,
    target_column,
)
from taskly.github.rules.standing import CardCode, Standing, begins, news, standing, steps
from taskly.platform.db.session import Transaction

Cause = Mapping[str, Any]


async def follow_code(
    tx: Transaction, boards: Mapping[UUID, UUID], before: Code, after: Code, cause: Cause
) -> None:
    """Move the cards for which another rule holds now than before. `boards` are theirs, by card.

    Nothing moves on an archived board, nor into the archive's cards. The boards are locked.
    """
    rules: dict[UUID, BoardRules | None] = {}
    for card_id, board_id in sorted(boards.items()):
        if before.by_card.get(card_id) == after.by_card.get(card_id):
            continue
        if board_id not in rules:
            rules[board_id] = await facts_repository.rules_of(tx.session, board_id)
        found = rules[board_id]
        if found is not None:
            await _follow(tx, card_id, found, (before, after), cause)


async def _follow(
    tx: Transaction, card_id: UUID, rules: BoardRules, code: tuple[Code, Code], cause: Cause
) -> None:
    before, after = (each.by_card[card_id] for each in code)
    begun = list(_begun(before, after, read_automation(rules.automation), rules.columns))
    if not begun:
        return
    move = await open_move(tx, None, card_id, MoveCard(column_id=begun[-1].column.id))
    if move.archived_at is not None:
        return
    column_id, last = move.column_id, None
    for each in begun:
        if may_move(column_id, each.column, rules.columns, each.setting):
            column_id, last = each.column.id, each
    if last is not None and column_id != move.column_id:
        target = MoveCard(column_id=column_id)
        if column_id != begun[-1].column.id:
            move = await open_move(tx, None, card_id, target)
        subject_id = news(after, last.was, last.now)
        await move_card(
            tx, move, target, reason=_reason(last.now, code[1].names[subject_id], cause)
        )


@dataclass(frozen=True, slots=True)
class _Begun:
    """A rule that began to hold, and where it sends the card."""

    was: Standing | None
    now: Standing
    column: Column
    setting: RuleSetting


def _begun(
    before: CardCode, after: CardCode, automation: Automation, columns: Sequence[Column]
) -> Iterator[_Begun]:
    """The rules that began to hold on the way, in order; those that find no column move nothing."""
    way = [standing(step, automation) for step in steps(before, after)]
    for was, now in pairwise(way):
        if now is None or not begins(was, now):
            continue
        setting = automation.setting(now.rule).towards(now.target)
        column = target_column(now.rule, setting, columns)
        if column is not None:
            yield _Begun(was, now, column, setting)


def _reason(now: Standing, named: Named, cause: Cause) -> dict[str, Any]:
    """Why the card is moved: the rule, and the branch or pull request because of which it holds."""
    reason: dict[str, Any] = {"rule": now.rule.value, "repository": named.repository}
    if named.number is not None:
        reason["pull_request"] = named.number
    if named.branch is not None:
        reason["branch"] = named.branch
    return {**reason, **cause}
