"""Notifications, what people want to hear, and the windows in which mail is bundled.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KIND = postgresql.ENUM(
    "assigned",
    "mentioned",
    "review_requested",
    "due_soon",
    "invited",
    "commented",
    name="notification_kind",
    create_type=False,
)


def _leads_to(table: str, column: str, ondelete: str, of: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{of}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    KIND.create(op.get_bind())
    _create_notifications()
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        _leads_to("users", "user_id", "CASCADE", "notification_settings"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notification_settings")),
    )
    op.create_table(
        "notification_windows",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        _leads_to("users", "user_id", "CASCADE", "notification_windows"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_windows")),
    )
    op.create_index("ix_notification_windows_closes_at", "notification_windows", ["closes_at"])
    op.create_index(
        "ix_users_verified_emails", "users", ["verified_emails"], postgresql_using="gin"
    )
    op.create_index(
        "ix_cards_due_date",
        "cards",
        ["due_date", "id"],
        postgresql_where=sa.text("completed_at IS NULL AND archived_at IS NULL"),
    )


def _create_notifications() -> None:
    own = "notifications"
    op.create_table(
        own,
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=True),
        sa.Column("comment_id", sa.UUID(), nullable=True),
        sa.Column("invitation_id", sa.UUID(), nullable=True),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("mailed_by", sa.UUID(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "char_length(occasion) BETWEEN 1 AND 200",
            name=op.f("ck_notifications_occasion_length"),
        ),
        sa.CheckConstraint("in_app OR by_mail", name=op.f("ck_notifications_told_somewhere")),
        _leads_to("users", "user_id", "CASCADE", own),
        _leads_to("workspaces", "workspace_id", "CASCADE", own),
        _leads_to("cards", "card_id", "CASCADE", own),
        _leads_to("card_comments", "comment_id", "CASCADE", own),
        _leads_to("workspace_invitations", "invitation_id", "CASCADE", own),
        _leads_to("users", "actor_id", "SET NULL", own),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("user_id", "occasion", name=op.f("uq_notifications_user_id_occasion")),
    )
    op.create_index(
        "ix_notifications_user_id_id", own, ["user_id", "id"], postgresql_where=sa.text("in_app")
    )
    op.create_index(
        "ix_notifications_unread",
        own,
        ["user_id", "id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    for column in (
        "workspace_id",
        "card_id",
        "comment_id",
        "invitation_id",
        "actor_id",
        "mailed_by",
        "created_at",
    ):
        op.create_index(f"ix_notifications_{column}", own, [column])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_cards_due_date", table_name="cards")
    op.drop_index("ix_users_verified_emails", table_name="users", postgresql_using="gin")
    for table in ("notification_windows", "notification_settings", "notifications"):
        op.drop_table(table)
    KIND.drop(op.get_bind())
