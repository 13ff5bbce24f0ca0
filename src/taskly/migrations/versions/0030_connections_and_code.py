"""What connections and the code of cards were still lacking.

Revision: 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from taskly.migrations.waiting import concurrently

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENTS = ("gone_at", "refused_at")
PULL_REQUESTS = (
    ("changed_files", sa.Integer()),
    ("mergeable", sa.Boolean()),
    ("mergeable_state", sa.Text()),
    ("mergeability_verified_at", sa.DateTime(timezone=True)),
    ("required_checks", postgresql.ENUM(name="checks_state", create_type=False)),
)
UNSETTLED = "ix_webhook_deliveries_unsettled"


def upgrade() -> None:
    """Apply. The index is built beside those who write; what a failed attempt left goes first."""
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {UNSETTLED}")
        op.create_index(
            UNSETTLED,
            "webhook_deliveries",
            ["repository_id", "state", "received_at"],
            postgresql_where=sa.text("state IN ('received', 'failed', 'dead')"),
            postgresql_concurrently=True,
        )
    op.add_column(
        "git_repositories",
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for name in MOMENTS:
        op.add_column("git_repositories", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("git_repositories", sa.Column("webhook_refusal", sa.Text()))
    for column in PULL_REQUESTS:
        op.add_column("pull_requests", sa.Column(*column))
    op.add_column("check_runs", sa.Column("app_id", sa.BigInteger()))
    op.create_table(
        "base_branches",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("required_checks", postgresql.JSONB(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(
                name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
            )
            for name in ("created_at", "updated_at")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            ondelete="CASCADE",
            name="fk_base_branches_repository",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_branches")),
        sa.UniqueConstraint(
            "repository_id", "name", name=op.f("uq_base_branches_repository_id_name")
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 255", name=op.f("ck_base_branches_name_length")
        ),
    )
    op.create_index(
        "ix_base_branches_workspace_id_repository_id",
        "base_branches",
        ["workspace_id", "repository_id"],
    )


def downgrade() -> None:
    """Take back."""
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {UNSETTLED}")
    op.drop_table("base_branches")
    op.drop_column("check_runs", "app_id")
    for name, _ in PULL_REQUESTS:
        op.drop_column("pull_requests", name)
    for name in ("webhook_refusal", *MOMENTS, "archived"):
        op.drop_column("git_repositories", name)
