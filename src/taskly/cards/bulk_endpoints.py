"""HTTP of bulk changes."""

from fastapi import Response

from taskly.cards import bulk, tasks
from taskly.cards.bulk_schemas import MOST_AT_ONCE, BulkResponse, BulkUpdate
from taskly.cards.errors import BulkRefused
from taskly.platform.http.problems import problems
from taskly.platform.http.routing import Router
from taskly.users.access import SignedIn, Tx

router = Router(tags=["cards"])


@router.post(
    "/cards/bulk-update",
    responses={
        202: {"model": BulkResponse, "description": "A job takes care of more than 100 cards."},
        **problems(BulkRefused),
    },
)
async def bulk_update_cards(
    body: BulkUpdate, principal: SignedIn, tx: Tx, response: Response
) -> BulkResponse:
    """Change up to 500 cards in one transaction: all of them, or none if one refuses. For members.

    Of more than 100 cards a job takes care; its result is the answer, or names the cards that refused.
    """
    if len(body.card_ids) <= MOST_AT_ONCE:
        return await bulk.bulk_update(tx, principal, body)
    response.status_code = 202
    return await tasks.promise_bulk_update(tx, principal, body)
