"""HTTP of trying rules."""

from taskly.boards.access import BoardToRead
from taskly.boards.errors import NotOnBoard
from taskly.github import board_settings
from taskly.github.errors import BranchNameInvalid, NoRepository
from taskly.github.trying.dry_run import dry_run
from taskly.github.trying.schemas import DryRun, TryAutomation
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import CostlyLimited, ReadSession

router = Router(tags=["github"])


@router.post(
    "/boards/{board_id}/automation/dry-run",
    summary="Try a board's rules",
    responses=problems(Forbidden, NotFound, NotOnBoard, BranchNameInvalid, NoRepository),
    dependencies=[CostlyLimited],
)
async def try_automation(
    board: BoardToRead, body: TryAutomation, session: ReadSession, runtime: RuntimeOf
) -> DryRun:
    """Say which cards rules would have moved where, by what GitHub sent in the last days. For members.

    Nothing is changed. What people did with the cards in that time counts as it was; the moves that rules really made
    are shown beside those that they would have made.
    """
    tried = await board_settings.tried_rules(session, board, body.automation)
    return await dry_run(runtime, session, board, tried, body.days)
