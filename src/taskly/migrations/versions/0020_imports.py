"""Boards from elsewhere.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SOURCE = postgresql.ENUM("csv", "jira", "trello", name="import_source", create_type=False)
STATE = postgresql.ENUM(
    "previewed", "started", "done", "failed", "removed", name="import_state", create_type=False
)


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    for kind in (SOURCE, STATE):
        kind.create(op.get_bind())
    op.create_table(
        "imports",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("board_name", sa.Text(), nullable=False),
        sa.Column("board_key", sa.Text(), nullable=True),
        sa.Column("people", postgresql.JSONB(), nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("board_id", sa.UUID(), nullable=True),
        sa.Column("board_version", sa.Integer(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "char_length(file_name) <= 255", name=op.f("ck_imports_file_name_length")
        ),
        sa.CheckConstraint(
            "octet_length(file_hash) = 32", name=op.f("ck_imports_file_hash_is_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_imports_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_imports_board",
            ondelete="SET NULL (board_id)",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_imports_created_by"), ondelete="NO ACTION"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    for columns in (
        ["workspace_id", "id"],
        ["workspace_id", "board_id"],
        ["created_by"],
        ["created_at"],
    ):
        op.create_index(f"ix_imports_{'_'.join(columns)}", "imports", columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table("imports")
    for kind in (SOURCE, STATE):
        kind.drop(op.get_bind())
