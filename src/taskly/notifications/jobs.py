"""The jobs of this domain; their handlers are in `tasks`."""

from datetime import datetime
from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class SendDigest(JobSpec, kind="notifications.send_digest", queue=Queue.MAIL):
    """Close a person's window, and mail what gathered in it."""

    user_id: UUID
    opened_at: datetime


class TellDueSoon(JobSpec, kind="notifications.tell_due_soon", queue=Queue.BULK, routine=True):
    """Tell people of their cards that are due today or tomorrow."""


class ForgetNotifications(JobSpec, kind="notifications.forget", queue=Queue.BULK, routine=True):
    """Forget what people were told long ago."""
