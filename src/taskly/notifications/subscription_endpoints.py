"""HTTP of getting the reports of a board by mail."""

from pydantic import Field

from taskly.boards.access import BoardToRead
from taskly.notifications import subscribing
from taskly.platform.http.problems import NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Response
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/boards/{board_id}/reports/subscription", tags=["notifications"])


class ReportSubscription(Response):
    """Whether the caller gets the reports of the board by mail."""

    subscribed: bool = Field(
        examples=[True],
        description="Each week in which something happened, and each sprint that people complete. One that comes to the "
        "end of its days without that is told with its week.",
    )
    obstacle: str | None = Field(
        examples=[None], description="Why none come, though they are asked for."
    )


@router.get("", responses=problems(NotFound))
async def read_report_subscription(
    board: BoardToRead, principal: SignedIn, session: ReadSession, runtime: RuntimeOf
) -> ReportSubscription:
    """Read whether the caller gets the reports of the board by mail, and what is in the way."""
    found = await subscribing.standing(session, board, principal.user_id, runtime.settings)
    return ReportSubscription.model_validate(found)


@router.put("", responses=problems(NotFound))
async def subscribe_to_reports(
    board: BoardToRead, principal: SignedIn, tx: Tx, runtime: RuntimeOf
) -> ReportSubscription:
    """Get the reports of the board by mail: of weeks on Monday mornings, of sprints when they were completed."""
    await subscribing.subscribe(tx, board, principal.user_id)
    found = await subscribing.standing(tx.session, board, principal.user_id, runtime.settings)
    return ReportSubscription.model_validate(found)


@router.delete("", status_code=204, responses=problems(NotFound))
async def unsubscribe_from_reports(board: BoardToRead, principal: SignedIn, tx: Tx) -> None:
    """Get no more reports of the board by mail."""
    await subscribing.unsubscribe(tx, principal.user_id, board.id)
