"""Who gets the reports of a board by mail: who asked for it, as long as they are in its workspace.

What somebody wants to hear is theirs and no change of the board: it is not in the log.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.kit.zones import zone_called
from taskly.notifications import subscription_repository as repository
from taskly.notifications.rules import week_to_tell
from taskly.platform.db.session import Transaction
from taskly.platform.settings import Settings
from taskly.sprints.repository import time_zone_of

NO_SERVER = (
    "This installation sends no mail: whoever runs it names an SMTP server in TASKLY_SMTP_HOST."
)
NO_ADDRESS = "Taskly knows no mail address of yours: it takes the one that GitHub verified when you sign in there."


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody gets the reports of a board by mail, and why none come though they are asked for."""

    subscribed: bool
    obstacle: str | None


async def standing(
    session: AsyncSession, board: BoardAccess, user_id: UUID, settings: Settings
) -> Standing:
    """How somebody stands to the reports of a board."""
    subscribed, has_address = await repository.standing_of(session, user_id, board.id)
    if not settings.has_mail:
        return Standing(subscribed, NO_SERVER)
    return Standing(subscribed, None if has_address else NO_ADDRESS)


async def subscribe(tx: Transaction, board: BoardAccess, user_id: UUID) -> None:
    """Mail somebody the reports of a board: of sprints, and of weeks, first of the one that is told next."""
    zone = zone_called(await time_zone_of(tx.session, board.workspace_id))
    told = week_to_tell(zone, tx.now)
    await repository.subscribe(tx.session, user_id, board.id, told_monday=told, at=tx.now)


async def unsubscribe(tx: Transaction, user_id: UUID, board_id: UUID) -> None:
    """Mail somebody no more reports of a board."""
    await repository.unsubscribe(tx.session, user_id, board_id)
