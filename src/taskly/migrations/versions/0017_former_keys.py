"""Keys that boards and cards had lead to them still.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LINKED = ("card_branches", "card_pull_requests")


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "former_board_keys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=True),
        sa.Column("next_card_number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "key ~ '^[A-Z][A-Z0-9]{1,9}$'", name=op.f("ck_former_board_keys_key_form")
        ),
        sa.CheckConstraint(
            "next_card_number > 0", name=op.f("ck_former_board_keys_next_card_number_positive")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_former_board_keys_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_former_board_keys_board",
            ondelete="SET NULL (board_id)",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_former_board_keys")),
    )
    op.create_index(
        "ix_former_board_keys_workspace_id_board_id",
        "former_board_keys",
        ["workspace_id", "board_id"],
    )
    op.create_table(
        "former_card_keys",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_former_card_keys_number_positive")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_former_card_keys_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", "number", name=op.f("pk_former_card_keys")),
    )
    op.create_index("ix_former_card_keys_card_id", "former_card_keys", ["card_id"])
    for table in LINKED:
        _refer_to_card(table, onupdate="CASCADE")


def downgrade() -> None:
    """Take back."""
    for table in LINKED:
        _refer_to_card(table, onupdate=None)
    op.drop_table("former_card_keys")
    op.drop_table("former_board_keys")


def _refer_to_card(table: str, *, onupdate: str | None) -> None:
    """What hangs on a card goes to another board with it."""
    op.drop_constraint(f"fk_{table}_card", table, type_="foreignkey")
    op.create_foreign_key(
        f"fk_{table}_card",
        table,
        "cards",
        ["board_id", "card_id"],
        ["board_id", "id"],
        ondelete="CASCADE",
        onupdate=onupdate,
        postgresql_not_valid=True,
    )
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_card")
