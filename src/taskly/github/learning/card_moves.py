"""Moving cards when a rule of their board begins to hold for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.github.facts import code_repository
from taskly.github.facts.code_repository import BoardRules, Code
from taskly.github.learning.assigning import assign_author
from taskly.github.rules.automation import Rule, read_automation
from taskly.github.rules.moving import begun, move_of, taken_back
from taskly.github.rules.reasons import Cause, moved
from taskly.github.stopping import stop_repository
from taskly.platform.db.session import Transaction


async def follow_code(
    tx: Transaction, boards: Mapping[UUID, UUID], before: Code, after: Code, cause: Cause
) -> None:
    """Move the cards for which another rule holds now than before. `boards` are theirs, by card.

    Nothing moves on an archived board, nor into the archive's cards. The boards are locked.
    """
    changed = sorted(
        card_id for card_id in boards if before.by_card.get(card_id) != after.by_card.get(card_id)
    )
    if not changed:
        return
    stopped = await stop_repository.stopped_rules(tx.session, changed)
    rules: dict[UUID, BoardRules | None] = {}
    for card_id in changed:
        board_id = boards[card_id]
        if board_id not in rules:
            rules[board_id] = await code_repository.rules_of(tx.session, board_id)
        found = rules[board_id]
        if found is not None:
            case = _Case(card_id, found, stopped.get(card_id, frozenset()))
            await _follow(tx, case, before, after, cause)


@dataclass(frozen=True, slots=True)
class _Case:
    """A card whose code changed, with what decides about it."""

    card_id: UUID
    rules: BoardRules
    stopped: frozenset[Rule]


async def _follow(tx: Transaction, case: _Case, before: Code, after: Code, cause: Cause) -> None:
    columns, card_id = case.rules.columns, case.card_id
    automation = read_automation(case.rules.automation)
    was, now = before.by_card[card_id], after.by_card[card_id]
    rules = begun(was, now, automation, columns)
    if automation.assign_author:
        await assign_author(tx, card_id, rules, after, cause)
    targets = [each.column for each in rules if each.column is not None]
    if not targets:
        return
    move = await open_move(tx, None, card_id, MoveCard(column_id=targets[-1].id))
    found = move_of(move.column_id, rules, columns, case.stopped) or taken_back(
        move.column_id, was, now, automation, columns, case.stopped
    )
    if move.archived_at is not None or found is None:
        return
    last, column = found
    target = MoveCard(column_id=column.id)
    if column != targets[-1]:
        move = await open_move(tx, None, card_id, target)
    await move_card(tx, move, target, reason=moved(last.rule, after.names[last.because], cause))
