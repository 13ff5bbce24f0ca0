"""Cards.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "cards",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("column_id", sa.UUID(), nullable=False),
        sa.Column("rank", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("acceptance_criteria", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "priority",
            sa.Enum("none", "low", "medium", "high", "urgent", name="card_priority"),
            server_default="none",
            nullable=False,
        ),
        sa.Column("story_points", sa.Integer(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("sprint_id", sa.UUID(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', description || ' ' || acceptance_criteria), 'B')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "due_date BETWEEN '1900-01-01' AND '2999-12-31'", name=op.f("ck_cards_due_date_range")
        ),
        sa.CheckConstraint(
            "char_length(acceptance_criteria) <= 50000",
            name=op.f("ck_cards_acceptance_criteria_length"),
        ),
        sa.CheckConstraint(
            "char_length(description) <= 50000", name=op.f("ck_cards_description_length")
        ),
        sa.CheckConstraint(
            "char_length(title) BETWEEN 1 AND 255", name=op.f("ck_cards_title_length")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_cards_number_positive")),
        sa.CheckConstraint(
            "story_points BETWEEN 0 AND 99", name=op.f("ck_cards_story_points_range")
        ),
        sa.ForeignKeyConstraint(
            ["board_id", "column_id"],
            ["board_columns.board_id", "board_columns.id"],
            name="fk_cards_column",
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            name="fk_cards_sprint",
            ondelete="SET NULL (sprint_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_cards_board",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("board_id", "id", name=op.f("uq_cards_board_id_id")),
        sa.UniqueConstraint("board_id", "number", name=op.f("uq_cards_board_id_number")),
        sa.UniqueConstraint(
            "column_id",
            "rank",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("uq_cards_column_id_rank"),
        ),
    )
    op.create_index("ix_cards_board_id_column_id", "cards", ["board_id", "column_id"], unique=False)
    op.create_index("ix_cards_board_id_sprint_id", "cards", ["board_id", "sprint_id"], unique=False)
    op.create_index("ix_cards_search", "cards", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_cards_workspace_id_board_id", "cards", ["workspace_id", "board_id"], unique=False
    )
    op.create_table(
        "card_assignees",
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_card_assignees_card_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_card_assignees_user_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("card_id", "user_id", name=op.f("pk_card_assignees")),
    )
    op.create_index(
        "ix_card_assignees_user_id_workspace_id",
        "card_assignees",
        ["user_id", "workspace_id"],
        unique=False,
    )
    op.create_table(
        "card_labels",
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("label_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_card_labels_card_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["label_id"], ["labels.id"], name=op.f("fk_card_labels_label_id"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("card_id", "label_id", name=op.f("pk_card_labels")),
    )
    op.create_index("ix_card_labels_label_id", "card_labels", ["label_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_card_labels_label_id", table_name="card_labels")
    op.drop_table("card_labels")
    op.drop_index("ix_card_assignees_user_id_workspace_id", table_name="card_assignees")
    op.drop_table("card_assignees")
    op.drop_index("ix_cards_workspace_id_board_id", table_name="cards")
    op.drop_index("ix_cards_search", table_name="cards", postgresql_using="gin")
    op.drop_index("ix_cards_board_id_sprint_id", table_name="cards")
    op.drop_index("ix_cards_board_id_column_id", table_name="cards")
    op.drop_table("cards")
    for enum in ("card_priority",):
        sa.Enum(name=enum).drop(op.get_bind())
