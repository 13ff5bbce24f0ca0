"""Issues of GitHub become cards.

Revision: 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SOURCES = ("csv", "jira", "trello")
STATES = ("previewed", "started", "done", "failed", "removed")


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TYPE import_source ADD VALUE IF NOT EXISTS 'github' AFTER 'csv'")
    op.execute("ALTER TYPE import_state ADD VALUE IF NOT EXISTS 'reading' BEFORE 'previewed'")
    op.create_table(
        "imported_issues",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_github_id", sa.BigInteger(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint(
            "workspace_id", "repository_github_id", "issue_id", name="pk_imported_issues"
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name="fk_imported_issues_card_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_imported_issues_import_id", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "ix_imported_issues_number",
        "imported_issues",
        ["workspace_id", "repository_github_id", "number"],
    )
    op.create_index("ix_imported_issues_card_id", "imported_issues", ["card_id"])
    op.create_index("ix_imported_issues_import_id", "imported_issues", ["import_id"])


def downgrade() -> None:
    """Take back. Imports of issues are forgotten; their cards stay."""
    op.drop_table("imported_issues")
    op.execute("DELETE FROM imports WHERE source = 'github' OR state = 'reading'")
    # A value of an enum can't be dropped, so the types are made anew.
    _without("import_source", "source", SOURCES)
    _without("import_state", "state", STATES)


def _without(kind: str, column: str, values: tuple[str, ...]) -> None:
    op.execute(f"ALTER TYPE {kind} RENAME TO {kind}_before")
    sa.Enum(*values, name=kind).create(op.get_bind())
    op.execute(
        f"ALTER TABLE imports ALTER COLUMN {column} TYPE {kind} USING {column}::text::{kind}"
    )
    op.execute(f"DROP TYPE {kind}_before")
