"""What people do with their notifications.

What somebody has read and wants to hear is theirs and no change of a board: it is not in the log.
"""

from uuid import UUID

from taskly.notifications import repository
from taskly.notifications.schemas import (
    NotificationSettings,
    ReadNotifications,
    ReadResponse,
    UpdateNotificationSettings,
)
from taskly.platform.db.session import Transaction


async def mark_read(tx: Transaction, user_id: UUID, wanted: ReadNotifications) -> ReadResponse:
    """Note that a person has read some. Ids of others, and of what is not there, are passed over."""
    read = await repository.mark_read(
        tx.session, user_id, ids=wanted.ids, up_to=wanted.up_to, at=tx.now
    )
    return ReadResponse(
        read=read, unread_count=await repository.count_unread(tx.session, user_id, now=tx.now)
    )


async def change_settings(
    tx: Transaction, user_id: UUID, wanted: UpdateNotificationSettings
) -> NotificationSettings:
    """Change what a person wants to hear from now on."""
    await repository.change_settings(tx.session, user_id, wanted.changes())
    return NotificationSettings.of(await repository.settings_of(tx.session, user_id))
