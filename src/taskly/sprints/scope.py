"""Cards in and out of a sprint, and what the log tells of that."""

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.batch import CardBatch
from taskly.cards.bulk_schemas import BulkResponse, Refusal
from taskly.cards.bulk_work import refusal_of
from taskly.platform.db.session import Transaction
from taskly.platform.http.pages import Page, PageRequest
from taskly.sprints import repository
from taskly.sprints.models import Sprint, SprintAccess
from taskly.sprints.rules.scope import scope_change
from taskly.sprints.scope_schemas import ChangeScope, ScopeChangeResponse


async def change_scope(tx: Transaction, access: SprintAccess, wanted: ChangeScope) -> BulkResponse:
    """Put cards into a sprint, and others back into the backlog: all of them, or none.

    Raises:
        BulkRefused: with each card that is not on the board, or is to be removed and is in another sprint.
    """
    batch = await CardBatch.load(tx, [*wanted.add, *wanted.remove])
    if refused := list(_refused(batch, access, wanted)):
        raise refusal_of(refused, len(wanted.add) + len(wanted.remove))
    for card_id in wanted.add:
        batch.put(card_id, "sprint_id", access.sprint.id)
    for card_id in wanted.remove:
        batch.put(card_id, "sprint_id", None)
    changed = await batch.store()
    return BulkResponse(operation_id=tx.operation_id, job_id=None, changed=len(changed))


def _refused(batch: CardBatch, access: SprintAccess, wanted: ChangeScope) -> Iterator[Refusal]:
    for card_id in (*wanted.add, *wanted.remove):
        card = batch.cards.get(card_id)
        if card is None or card.deleted_at is not None or card.board_id != access.board.id:
            yield Refusal.of_unknown(card_id)
        elif card_id in wanted.remove and card.sprint_id not in (None, access.sprint.id):
            key, detail = f"{access.board.key}-{card.number}", "It is in another sprint."
            yield Refusal(card_id=card_id, key=key, reason="in_another_sprint", detail=detail)


async def scope_changes(
    session: AsyncSession, sprint: Sprint, paging: PageRequest
) -> Page[ScopeChangeResponse]:
    """What the log tells of a sprint's scope, from the first change on."""
    found: list[ScopeChangeResponse] = []
    after, goes_on = paging.after(int), True
    while goes_on and len(found) < paging.rows:
        events = await repository.scope_events(session, sprint, after=after, limit=paging.rows)
        for event in events:
            change = scope_change(event.type, event.data, str(sprint.id))
            if change is not None:
                found.append(ScopeChangeResponse.of(event, change, sprint))
        goes_on = len(events) == paging.rows
        after = events[-1].version if events else after
    return paging.page(found, _as_it_is, _version)


def _as_it_is(shown: ScopeChangeResponse) -> ScopeChangeResponse:
    return shown


def _version(shown: ScopeChangeResponse) -> int:
    return shown.version
