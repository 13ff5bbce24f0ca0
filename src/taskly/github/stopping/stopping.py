"""Taking back what a rule did to a card, and keeping the rule from doing it again.

A rule that is stopped for a card goes on to hold: it only does not move that card, whatever tells of its code.
"""

from uuid import UUID

from taskly.cards.access import open_card, open_card_to_change
from taskly.cards.models import CardAccess
from taskly.github.events import RuleAllowed, RuleStopped
from taskly.github.models import StoppedRule
from taskly.github.rules.automation import Rule
from taskly.github.stopping import stop_repository
from taskly.github.stopping.schemas import StoppedRuleResponse, UndoneOnCard, UndoOnCard
from taskly.history.errors import NotUndoable
from taskly.history.undoing import undo
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.users.access import Principal
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role


async def undo_on_card(
    tx: Transaction, principal: Principal, card_id: UUID, operation_id: UUID, wanted: UndoOnCard
) -> UndoneOnCard:
    """Take back what an operation did to a card, and stop the rules that moved it in it, if that is wanted.

    Raises:
        NotFound: there is no such card, the caller is not in its workspace, or the operation did nothing to the card.
        Forbidden: the caller's role is too small.
        BoardArchived: the board is archived.
        NotUndoable: see `undo`; or a rule is to be stopped, and none moved the card where it is now.
    """
    access = await open_card(tx.session, principal, card_id)
    require_role(access.board.role, Role.MEMBER)
    moves = await stop_repository.moves_by_rules(tx.session, card_id, operation_id)
    rules = {move.rule for move in moves if move.board_id == access.board.id}
    if wanted.never_again and not rules:
        raise NotUndoable("No rule moved this card on its board in that operation.")
    undone = await undo(tx, principal, operation_id, card_id=card_id)
    if wanted.never_again:
        await _require_on_board(tx, principal, card_id, access.board.id)
        await _stop(tx, await open_card_to_change(tx, principal, card_id), rules)
    stops = await stop_repository.stops_of(tx.session, card_id)
    return UndoneOnCard(
        **undone.model_dump(), stopped_rules=[StoppedRuleResponse.of(row) for row in stops]
    )


async def _require_on_board(
    tx: Transaction, principal: Principal, card_id: UUID, board_id: UUID
) -> None:
    """Let the rules of a board be stopped for a card that is on it; the undo holds that board by now.

    The card may have gone while the board was waited for. The rules that moved it are not those of where it is then.

    Raises:
        NotUndoable: it is on another board.
    """
    if (await open_card(tx.session, principal, card_id)).board.id != board_id:
        raise NotUndoable(
            "The card is on another board by now, where no rule moved it in that operation."
        )


async def allow(tx: Transaction, access: CardAccess, stopped_rule_id: UUID) -> None:
    """Let a rule move a card again, when it next begins to hold.

    Raises:
        NotFound: the card has no such stopped rule.
    """
    stops = await stop_repository.stops_of(tx.session, access.card.id)
    row = next((stop for stop in stops if stop.id == stopped_rule_id), None)
    if row is None:
        raise NotFound
    await tx.session.delete(row)
    change = RuleAllowed(id=row.id, card_id=row.card_id, before=_state(row), after=None)
    tx.record(access.board.id, change)


async def _stop(tx: Transaction, access: CardAccess, rules: set[Rule]) -> None:
    stopped = {row.rule for row in await stop_repository.stops_of(tx.session, access.card.id)}
    for rule in sorted(rules - stopped):
        row = StoppedRule(
            id=new_id(),
            workspace_id=access.board.workspace_id,
            board_id=access.board.id,
            card_id=access.card.id,
            rule=rule,
            created_at=tx.now,
        )
        tx.session.add(row)
        change = RuleStopped(id=row.id, card_id=row.card_id, before=None, after=_state(row))
        tx.record(access.board.id, change)
    await tx.session.flush()


def _state(row: StoppedRule) -> dict[str, str | UUID]:
    return {"id": row.id, "card_id": row.card_id, "rule": row.rule.value}
