"""HTTP of rules that must not move a card."""

from uuid import UUID

from taskly.boards.errors import BoardArchived
from taskly.cards.access import CardToEdit, CardToRead
from taskly.github.stopping import stop_repository, stopping
from taskly.github.stopping.schemas import (
    StoppedRuleResponse,
    StoppedRules,
    UndoneOnCard,
    UndoOnCard,
)
from taskly.history.errors import NotUndoable
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/cards/{card_id}", tags=["github"])


@router.post(
    "/operations/{operation_id}/undo",
    summary="Undo an operation on one card",
    responses=problems(Forbidden, NotFound, BoardArchived, NotUndoable),
)
async def undo_on_card(
    card_id: UUID, operation_id: UUID, body: UndoOnCard, principal: SignedIn, tx: Tx
) -> UndoneOnCard:
    """Take back what an operation, such as an automatic move, did to one card. For members.

    What it did to other cards stays. With `never_again` the rule that moved the card must not move it any more, even
    if the move itself can't be taken back by now.
    """
    return await stopping.undo_on_card(tx, principal, card_id, operation_id, body)


@router.get("/stopped-rules", summary="List a card's stopped rules", responses=problems(NotFound))
async def list_stopped_rules(access: CardToRead, session: ReadSession) -> StoppedRules:
    """List the rules that must not move a card, in the order in which they were stopped."""
    rows = await stop_repository.stops_of(session, access.card.id)
    return StoppedRules(items=[StoppedRuleResponse.of(row) for row in rows])


@router.delete(
    "/stopped-rules/{stopped_rule_id}",
    summary="Allow a stopped rule again",
    status_code=204,
    responses=problems(Forbidden, NotFound, BoardArchived, Stale),
)
async def allow_rule(access: CardToEdit, stopped_rule_id: UUID, tx: Tx) -> None:
    """Let a rule move a card again, when it next begins to hold. For members."""
    await stopping.allow(tx, access, stopped_rule_id)
