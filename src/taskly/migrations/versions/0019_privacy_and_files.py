"""What somebody did, for their own eyes; and files of whole workspaces on their way in.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The index is built beside those who write the log; what a failed attempt left goes first."""
    with concurrently():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_actor_id_id")
        op.create_index(
            "ix_events_actor_id_id",
            "events",
            ["actor_id", "id"],
            postgresql_where=sa.text("actor_id IS NOT NULL"),
            postgresql_concurrently=True,
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_card_comments_workspace_id_id")
        op.create_index(
            "ix_card_comments_workspace_id_id",
            "card_comments",
            ["workspace_id", "id"],
            postgresql_concurrently=True,
        )
    op.add_column("users", sa.Column("placeholder_of", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_users_placeholder_of"),
        "users",
        "workspaces",
        ["placeholder_of"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_users_placeholder_of", "users", ["placeholder_of"])
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "position", name=op.f("pk_upload_parts")),
    )
    op.create_index("ix_upload_parts_created_at", "upload_parts", ["created_at"])


def downgrade() -> None:
    """Take back. Placeholders stay, as people who can't sign in."""
    op.drop_table("upload_parts")
    op.drop_index("ix_users_placeholder_of", table_name="users")
    op.drop_constraint(op.f("fk_users_placeholder_of"), "users", type_="foreignkey")
    op.drop_column("users", "placeholder_of")
    op.drop_index("ix_card_comments_workspace_id_id", table_name="card_comments")
    op.drop_index("ix_events_actor_id_id", table_name="events")
