"""Checklists, attachments, dependencies, comments and watchers.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    for name in ("checklist", "attachments"):
        column = sa.Column(name, postgresql.JSONB(), server_default="[]", nullable=False)
        op.add_column("cards", column)
    op.add_column(
        "cards", sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_cards_comment_count_not_negative"), "cards", "comment_count >= 0"
    )
    _create_dependencies()
    _create_comments()
    _create_watchers()


def _create_dependencies() -> None:
    op.create_table(
        "card_dependencies",
        sa.Column("blocked_id", sa.UUID(), nullable=False),
        sa.Column("blocker_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "blocked_id <> blocker_id", name=op.f("ck_card_dependencies_not_itself")
        ),
        sa.ForeignKeyConstraint(
            ["board_id", "blocked_id"],
            ["cards.board_id", "cards.id"],
            name="fk_card_dependencies_blocked",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["board_id", "blocker_id"],
            ["cards.board_id", "cards.id"],
            name="fk_card_dependencies_blocker",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("blocked_id", "blocker_id", name=op.f("pk_card_dependencies")),
    )
    for name in ("blocker_id", "blocked_id"):
        op.create_index(
            f"ix_card_dependencies_board_id_{name}", "card_dependencies", ["board_id", name]
        )


def _create_comments() -> None:
    op.create_table(
        "card_comments",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mention_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("char_length(body) <= 20000", name=op.f("ck_card_comments_body_length")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_card_comments_author_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_card_comments_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_comments")),
    )
    op.create_index("ix_card_comments_card_id_id", "card_comments", ["card_id", "id"])
    op.create_index("ix_card_comments_author_id", "card_comments", ["author_id"])


def _create_watchers() -> None:
    op.create_table(
        "card_watchers",
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("watching", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_card_watchers_card_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_card_watchers_user_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("card_id", "user_id", name=op.f("pk_card_watchers")),
    )
    op.create_index(
        "ix_card_watchers_user_id_workspace_id", "card_watchers", ["user_id", "workspace_id"]
    )


def downgrade() -> None:
    """Take back."""
    for table in ("card_watchers", "card_comments", "card_dependencies"):
        op.drop_table(table)
    op.drop_constraint("ck_cards_comment_count_not_negative", "cards")
    for name in ("comment_count", "attachments", "checklist"):
        op.drop_column("cards", name)
