"""Where reports read the past of a sprint: the only place, so that they need not know how it is kept."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.asking import answer
from taskly.insights.rules.folding import board_past
from taskly.insights.rules.histories import CardHistory, SprintHistory
from taskly.planning.past_repository import entries_about


async def past_of_sprint(
    session: AsyncSession, board: BoardAccess, sprint_id: UUID
) -> tuple[SprintHistory | None, Sequence[CardHistory]]:
    """The past of a sprint, and of the cards that were ever in it."""
    entries = await entries_about(session, board.id, [sprint_id])
    past = await answer(partial(board_past, entries))
    return past.sprints_by_id.get(sprint_id), past.cards
