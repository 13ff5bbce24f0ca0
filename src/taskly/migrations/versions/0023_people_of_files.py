"""Placeholders keep the login and the id at GitHub that their file says; imports of the same file are found.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NAMED = sa.text("file_login IS NOT NULL")


def upgrade() -> None:
    """Apply. Nothing is written anew: what earlier files said is not known any more."""
    op.add_column("users", sa.Column("file_login", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("file_github_id", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_users_file_login_length"), "users", "char_length(file_login) BETWEEN 1 AND 100"
    )
    op.create_index(
        "ix_users_lower_file_login",
        "users",
        [sa.text("lower(file_login)")],
        postgresql_where=NAMED,
    )
    op.create_index(
        "ix_imports_workspace_id_file_hash", "imports", ["workspace_id", "file_hash", "id"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_imports_workspace_id_file_hash", table_name="imports")
    op.drop_index("ix_users_lower_file_login", table_name="users", postgresql_where=NAMED)
    op.drop_constraint(op.f("ck_users_file_login_length"), "users", type_="check")
    op.drop_column("users", "file_github_id")
    op.drop_column("users", "file_login")
