"""HTTP of notifications."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from taskly.notifications import reading, repository
from taskly.notifications.schemas import (
    NotificationPage,
    NotificationResponse,
    NotificationSettings,
    ReadNotifications,
    ReadResponse,
    UpdateNotificationSettings,
)
from taskly.platform.http.pages import Paging
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/me", tags=["notifications"])

Unread = Annotated[bool, Query(description="Only what was not read yet.")]


@router.get("/notifications")
async def list_notifications(
    principal: SignedIn,
    session: ReadSession,
    runtime: RuntimeOf,
    paging: Paging,
    unread: Unread = False,
) -> NotificationPage:
    """List what the caller was told in all workspaces, the latest first, with the number of unread ones."""
    now = runtime.clock.now()
    rows = await repository.notifications_of(
        session,
        principal.user_id,
        now=now,
        unread=unread,
        older_than=paging.after(UUID),
        limit=paging.rows,
    )
    page = paging.page(rows, NotificationResponse.of, lambda row: row.notification.id)
    return NotificationPage(
        items=page.items,
        next_cursor=page.next_cursor,
        unread_count=await repository.count_unread(session, principal.user_id, now=now),
    )


@router.post("/notifications/read")
async def read_notifications(principal: SignedIn, body: ReadNotifications, tx: Tx) -> ReadResponse:
    """Mark some notifications as read, or all up to one. What was read is not mailed any more."""
    return await reading.mark_read(tx, principal.user_id, body)


@router.get("/notification-settings")
async def read_notification_settings(
    principal: SignedIn, session: ReadSession
) -> NotificationSettings:
    """Read which kinds of notification the caller wants, and where."""
    return NotificationSettings.of(await repository.settings_of(session, principal.user_id))


@router.patch("/notification-settings")
async def update_notification_settings(
    principal: SignedIn, body: UpdateNotificationSettings, tx: Tx
) -> NotificationSettings:
    """Choose which kinds of notification the caller wants from now on, and where."""
    return await reading.change_settings(tx, principal.user_id, body)
