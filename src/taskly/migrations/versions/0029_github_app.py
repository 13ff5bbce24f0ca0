"""The GitHub App of this installation, and which connections live through one of its installations.

Revision: 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TEXTS = ("slug", "name", "client_id", "client_secret", "webhook_secret", "private_key")


def upgrade() -> None:
    """Apply. No connection that is there lives through an app, so nothing is rewritten."""
    op.create_table(
        "github_apps",
        sa.Column("is_only_one", sa.Boolean(), nullable=False),
        sa.Column("github_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(
            sa.Column(
                name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
            )
            for name in ("created_at", "updated_at")
        ),
        sa.CheckConstraint("is_only_one", name=op.f("ck_github_apps_only_one")),
        sa.CheckConstraint(
            "char_length(slug) BETWEEN 1 AND 255", name=op.f("ck_github_apps_slug_length")
        ),
        sa.CheckConstraint("char_length(name) <= 255", name=op.f("ck_github_apps_name_length")),
        sa.PrimaryKeyConstraint("is_only_one", name=op.f("pk_github_apps")),
    )
    op.add_column("git_repositories", sa.Column("installation_id", sa.BigInteger()))
    op.create_index(
        "ix_git_repositories_installation_id",
        "git_repositories",
        ["installation_id"],
        postgresql_where=sa.text("active AND installation_id IS NOT NULL"),
    )
    op.create_index(
        "ix_git_repositories_of_app",
        "git_repositories",
        ["github_id"],
        postgresql_where=sa.text("active AND installation_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_git_repositories_of_app", table_name="git_repositories")
    op.drop_index("ix_git_repositories_installation_id", table_name="git_repositories")
    op.drop_column("git_repositories", "installation_id")
    op.drop_table("github_apps")
