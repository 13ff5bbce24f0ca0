"""What hangs on cards is found by its workspace, and a dependency by the card that is waited for.

Revision: 0024, after 0023.
"""

from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COME = {
    "ix_card_dependencies_blocker_id_board_id": ("card_dependencies", ["blocker_id", "board_id"]),
    "ix_card_dependencies_workspace_id_blocked_id": (
        "card_dependencies",
        ["workspace_id", "blocked_id"],
    ),
    "ix_card_labels_workspace_id_card_id": ("card_labels", ["workspace_id", "card_id"]),
}
GO = {"ix_card_dependencies_board_id_blocker_id": ("card_dependencies", ["board_id", "blocker_id"])}


def upgrade() -> None:
    """Apply. The indexes are built beside those who write; what a failed attempt left goes first."""
    _exchange(GO, COME)


def downgrade() -> None:
    """Take back."""
    _exchange(COME, GO)


def _exchange(
    going: dict[str, tuple[str, list[str]]], coming: dict[str, tuple[str, list[str]]]
) -> None:
    with concurrently():
        for name, (table, columns) in coming.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.create_index(name, table, columns, postgresql_concurrently=True)
        for name in going:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
