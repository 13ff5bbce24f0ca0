"""Rules that must not move a card, and who opened a pull request.

Revision: 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

RULE = postgresql.ENUM(
    "branch_created",
    "pull_request_opened",
    "changes_requested",
    "closed",
    "merged",
    name="board_rule",
    create_type=False,
)


def upgrade() -> None:
    """Apply. Who opened what is held already is known when it is next told of."""
    RULE.create(op.get_bind())
    now = sa.text("now()")
    op.create_table(
        "stopped_rules",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("rule", RULE, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id", "card_id"],
            ["cards.board_id", "cards.id"],
            name="fk_stopped_rules_card",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_stopped_rules_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stopped_rules")),
        sa.UniqueConstraint("card_id", "rule", name=op.f("uq_stopped_rules_card_id_rule")),
    )
    for columns in (["board_id", "card_id"], ["workspace_id"]):
        op.create_index(f"ix_stopped_rules_{'_'.join(columns)}", "stopped_rules", columns)
    op.add_column("pull_requests", sa.Column("author_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("pull_requests", "author_id")
    op.drop_table("stopped_rules")
    RULE.drop(op.get_bind())
