"""Tables of notifications, of what people want to hear, and of the windows in which mail is bundled."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.notifications.rules import NotificationKind
from taskly.platform.tables import Base, Identified, native_enum

OCCASION_LENGTH = 200


class Notification(Identified, Base):
    """Something that one person is told, once.

    Of a card it holds nothing but the id: titles, boards and words are read when they are shown, so that
    nobody reads here what they may not read there.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "occasion"),
        Index("ix_notifications_user_id_id", "user_id", "id", postgresql_where=text("in_app")),
        Index(
            "ix_notifications_unread",
            "user_id",
            "id",
            postgresql_where=text("read_at IS NULL"),
        ),
        Index("ix_notifications_workspace_id", "workspace_id"),
        Index("ix_notifications_card_id", "card_id"),
        Index("ix_notifications_comment_id", "comment_id"),
        Index("ix_notifications_invitation_id", "invitation_id"),
        Index("ix_notifications_actor_id", "actor_id"),
        Index("ix_notifications_mailed_by", "mailed_by"),
        Index("ix_notifications_created_at", "created_at"),
        CheckConstraint(
            f"char_length(occasion) BETWEEN 1 AND {OCCASION_LENGTH}", name="occasion_length"
        ),
        CheckConstraint("in_app OR by_mail", name="told_somewhere"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind] = mapped_column(
        native_enum(NotificationKind, "notification_kind")
    )
    occasion: Mapped[str]
    """What makes it the same notification when it comes again: an event, or a card's due date."""
    event_id: Mapped[UUID | None]
    """The event that it tells. No foreign key: the log is kept by rules of its own."""
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    """Its board is the card's, also after the card has moved."""
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("card_comments.id", ondelete="CASCADE")
    )
    invitation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("workspace_invitations.id", ondelete="CASCADE")
    )
    """Who is invited is no member yet, and sees this for as long as the invitation is open."""
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What else it says: the due date, the pull request."""
    in_app: Mapped[bool]
    """Whether the person wanted it listed when it was made."""
    by_mail: Mapped[bool]
    """Whether the person wanted it by mail when it was made, and mail could be sent."""
    mailed_by: Mapped[UUID | None]
    """The job in whose mail it is, or would have been. No foreign key: jobs are forgotten."""
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class NotificationSetting(Base):
    """What a person wants to hear of a kind, where that is not everything."""

    __tablename__ = "notification_settings"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[NotificationKind] = mapped_column(
        native_enum(NotificationKind, "notification_kind"), primary_key=True
    )
    in_app: Mapped[bool]
    email: Mapped[bool]


class NotificationWindow(Base):
    """A quarter of an hour in which a person's notifications gather. The row is there while it is open."""

    __tablename__ = "notification_windows"
    __table_args__ = (Index("ix_notification_windows_closes_at", "closes_at"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class ReportSubscription(Base):
    """Somebody wants the reports of a board by mail. It goes when they leave the workspace."""

    __tablename__ = "report_subscriptions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["workspace_members.workspace_id", "workspace_members.user_id"],
            ondelete="CASCADE",
            name="fk_report_subscriptions_member",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_report_subscriptions_board",
        ),
        Index("ix_report_subscriptions_workspace_id_user_id", "workspace_id", "user_id"),
        Index("ix_report_subscriptions_workspace_id_board_id", "workspace_id", "board_id"),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    told_monday: Mapped[date]
    """Of the last week that a mail was promised of, or need not be told."""
    created_at: Mapped[datetime]
