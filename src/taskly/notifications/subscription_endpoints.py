"""HTTP of getting the reports of a board by mail."""

from pydantic import Field

from taskly.boards.access import BoardToRead
from taskly.notifications import subscribing, subscription_repository
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Response
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/boards/{board_id}/reports/subscription", tags=["notifications"])


class ReportSubscription(Response):
    """Whether the caller gets the reports of the board by mail."""

    subscribed: bool = Field(
        examples=[True],
        description="Each week in which something happened, and each sprint that is completed.",
    )


@router.get("", responses=problems(NotFound))
async def read_report_subscription(
    board: BoardToRead, principal: SignedIn, session: ReadSession
) -> ReportSubscription:
    """Read whether the caller gets the reports of the board by mail."""
    found = await subscription_repository.is_subscribed(session, principal.user_id, board.id)
    return ReportSubscription(subscribed=found)


@router.put("", status_code=204, responses=problems(NotFound))
async def subscribe_to_reports(board: BoardToRead, principal: SignedIn, tx: Tx) -> None:
    """Get the reports of the board by mail: of weeks on Monday mornings, of sprints when they were completed."""
    await subscribing.subscribe(tx, board, principal.user_id)


@router.delete("", status_code=204, responses=problems(NotFound))
async def unsubscribe_from_reports(board: BoardToRead, principal: SignedIn, tx: Tx) -> None:
    """Get no more reports of the board by mail."""
    await subscribing.unsubscribe(tx, principal.user_id, board.id)
