"""HTTP of mails about the weeks of a board."""

from pydantic import Field

from taskly.boards.access import BoardToRead
from taskly.notifications import weekly, weekly_repository
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Response
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/boards/{board_id}/digest/subscription", tags=["notifications"])


class DigestSubscription(Response):
    """Whether the caller gets the digest of the board by mail."""

    subscribed: bool = Field(
        examples=[True], description="Every Monday, if something happened in the week before."
    )


@router.get("", responses=problems(NotFound))
async def read_digest_subscription(
    board: BoardToRead, principal: SignedIn, session: ReadSession
) -> DigestSubscription:
    """Read whether the caller gets the weekly digest of the board by mail."""
    found = await weekly_repository.is_subscribed(session, principal.user_id, board.id)
    return DigestSubscription(subscribed=found)


@router.put("", status_code=204, responses=problems(NotFound))
async def subscribe_to_digest(board: BoardToRead, principal: SignedIn, tx: Tx) -> None:
    """Get the weekly digest of the board by mail, on Monday mornings of its workspace."""
    await weekly.subscribe(tx, board, principal.user_id)


@router.delete("", status_code=204, responses=problems(NotFound))
async def unsubscribe_from_digest(board: BoardToRead, principal: SignedIn, tx: Tx) -> None:
    """Get no more weekly digests of the board."""
    await weekly.unsubscribe(tx, principal.user_id, board.id)
