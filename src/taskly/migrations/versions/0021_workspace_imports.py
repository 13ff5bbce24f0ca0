"""Files of workspaces that were read in.

Revision: 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATE = postgresql.ENUM(
    "examining",
    "previewed",
    "refused",
    "started",
    "done",
    "failed",
    "removed",
    name="workspace_import_state",
    create_type=False,
)


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    STATE.create(op.get_bind())
    op.create_table(
        "workspace_imports",
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("workspace_name", sa.Text(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("people", postgresql.JSONB(), nullable=False),
        sa.Column("notes", postgresql.JSONB(), nullable=False),
        sa.Column("mistakes", postgresql.JSONB(), nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.Column("workspace_id", sa.UUID(), nullable=True),
        sa.Column("events", sa.BigInteger(), nullable=True),
        sa.Column("receipt", postgresql.JSONB(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "octet_length(file_hash) = 32", name=op.f("ck_workspace_imports_file_hash_is_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_workspace_imports_created_by"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_workspace_imports_workspace_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_imports")),
    )
    for columns in (["created_by", "file_hash"], ["workspace_id"]):
        op.create_index(f"ix_workspace_imports_{'_'.join(columns)}", "workspace_imports", columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table("workspace_imports")
    STATE.drop(op.get_bind())
