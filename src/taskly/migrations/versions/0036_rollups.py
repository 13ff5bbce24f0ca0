"""What charts read of boards is folded from the log and kept.

Revision: 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

CATEGORY = postgresql.ENUM(name="column_category", create_type=False)
SCOPES = ("board", "sprint", "label", "assignee")
PRESENCES = ("on_board", "archived", "deleted", "on_another_board", "not_selected")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "board_rollups",
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("counted_card_id", sa.UUID(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("known", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_board_rollups")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_board_rollups_board",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_board_rollups_workspace_id_board_id", "board_rollups", ["workspace_id", "board_id"]
    )
    _create_steps()
    _create_days()


def _board_id(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["board_id"],
        ["board_rollups.board_id"],
        name=op.f(f"fk_{table}_board_id"),
        ondelete="CASCADE",
    )


def _create_steps() -> None:
    op.create_table(
        "card_steps",
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.UUID(), nullable=True),
        sa.Column("column_id", sa.UUID(), nullable=False),
        sa.Column("category", CATEGORY, nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("sprint_id", sa.UUID(), nullable=True),
        sa.Column("assignee_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("label_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("presence", sa.Enum(*PRESENCES, name="card_presence"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stays", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("board_id", "card_id", "at", name=op.f("pk_card_steps")),
        _board_id("card_steps"),
    )
    op.create_index(
        "uq_card_steps_last",
        "card_steps",
        ["board_id", "card_id"],
        unique=True,
        postgresql_where="until = 'infinity'",
    )
    for columns in (["board_id", "at"], ["board_id", "category", "until"]):
        op.create_index(f"ix_card_steps_{'_'.join(columns)}", "card_steps", columns)
    op.create_index(
        "ix_card_steps_board_id_completed_at",
        "card_steps",
        ["board_id", "completed_at"],
        postgresql_where="category = 'done'",
    )
    op.create_index(
        "ix_card_steps_board_id_sprint_id",
        "card_steps",
        ["board_id", "sprint_id"],
        postgresql_where="sprint_id IS NOT NULL",
    )


def _create_days() -> None:
    op.create_table(
        "flow_days",
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.Enum(*SCOPES, name="flow_scope"), nullable=False),
        sa.Column("scope_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("column_id", sa.UUID(), nullable=False),
        sa.Column("category", CATEGORY, nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "board_id",
            "scope",
            "scope_id",
            "day",
            "column_id",
            "category",
            name=op.f("pk_flow_days"),
        ),
        _board_id("flow_days"),
    )


def downgrade() -> None:
    """Revert."""
    for table in ("flow_days", "card_steps", "board_rollups"):
        op.drop_table(table)
    for name in ("card_presence", "flow_scope"):
        sa.Enum(name=name).drop(op.get_bind())
