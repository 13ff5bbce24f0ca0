"""Workspaces, boards and sprints.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "workspaces",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 100", name=op.f("ck_workspaces_name_length")
        ),
        sa.CheckConstraint("version >= 0", name=op.f("ck_workspaces_version_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "boards",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_card_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "automation",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("key ~ '^[A-Z][A-Z0-9]{1,9}$'", name=op.f("ck_boards_key_form")),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 100", name=op.f("ck_boards_name_length")
        ),
        sa.CheckConstraint(
            "next_card_number > 0", name=op.f("ck_boards_next_card_number_positive")
        ),
        sa.CheckConstraint("version >= 0", name=op.f("ck_boards_version_not_negative")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_boards_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_boards_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_boards_workspace_id_key")),
    )
    op.create_table(
        "workspace_members",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column(
            "role", sa.Enum("viewer", "member", "admin", name="workspace_role"), nullable=False
        ),
        sa.Column("capacity", sa.Integer(), server_default="20", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "capacity BETWEEN 0 AND 999", name=op.f("ck_workspace_members_capacity_range")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_workspace_members_user_id"),
            ondelete="NO ACTION",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_workspace_members_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_workspace_members")),
    )
    op.create_index("ix_workspace_members_user_id", "workspace_members", ["user_id"], unique=False)
    op.create_table(
        "board_columns",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "category",
            sa.Enum("todo", "in_progress", "done", name="column_category"),
            nullable=False,
        ),
        sa.Column("rank", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("wip_limit", sa.Integer(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 50", name=op.f("ck_board_columns_name_length")
        ),
        sa.CheckConstraint(
            "wip_limit BETWEEN 1 AND 999", name=op.f("ck_board_columns_wip_limit_range")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_board_columns_board",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_columns")),
        sa.UniqueConstraint("board_id", "id", name=op.f("uq_board_columns_board_id_id")),
        sa.UniqueConstraint("board_id", "rank", name=op.f("uq_board_columns_board_id_rank")),
    )
    op.create_index(
        "ix_board_columns_workspace_id_board_id",
        "board_columns",
        ["workspace_id", "board_id"],
        unique=False,
    )
    op.create_table(
        "labels",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name=op.f("ck_labels_color_form")),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 50", name=op.f("ck_labels_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_labels_board",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(
        "ix_labels_workspace_id_board_id", "labels", ["workspace_id", "board_id"], unique=False
    )
    op.create_index(
        "uq_labels_board_id_name",
        "labels",
        ["board_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "sprints",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), server_default="40", nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("capacity BETWEEN 0 AND 9999", name=op.f("ck_sprints_capacity_range")),
        sa.CheckConstraint("char_length(goal) <= 500", name=op.f("ck_sprints_goal_length")),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 100", name=op.f("ck_sprints_name_length")
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_sprints_ends_after_start")),
        sa.CheckConstraint(
            "starts_on >= '1900-01-01' AND ends_on <= '2999-12-31'",
            name=op.f("ck_sprints_days_range"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_sprints_board",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprints")),
        sa.UniqueConstraint("board_id", "id", name=op.f("uq_sprints_board_id_id")),
    )
    op.create_index(
        "ix_sprints_workspace_id_board_id", "sprints", ["workspace_id", "board_id"], unique=False
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_sprints_workspace_id_board_id", table_name="sprints")
    op.drop_table("sprints")
    op.drop_index("uq_labels_board_id_name", table_name="labels")
    op.drop_index("ix_labels_workspace_id_board_id", table_name="labels")
    op.drop_table("labels")
    op.drop_index("ix_board_columns_workspace_id_board_id", table_name="board_columns")
    op.drop_table("board_columns")
    op.drop_index("ix_workspace_members_user_id", table_name="workspace_members")
    op.drop_table("workspace_members")
    op.drop_table("boards")
    op.drop_table("workspaces")
    for enum in (
        "workspace_role",
        "column_category",
    ):
        sa.Enum(name=enum).drop(op.get_bind())
