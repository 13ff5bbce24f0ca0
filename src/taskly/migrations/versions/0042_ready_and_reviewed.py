"""When pull requests were drafts, ready and first reviewed, and since when a repository is connected.

Revision: 0042, after 0041. Of what was told before, a pull request counts as ready from when it was opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MERGED_AT = "ix_pull_requests_repository_id_merged_at"
MOMENTS = ("drafted_at", "ready_at")


def upgrade() -> None:
    """Apply. The logs of workspaces, each of which is read once, say when a repository was connected last."""
    op.add_column(
        "git_repositories",
        sa.Column(
            "connected_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.execute(
        """
        UPDATE git_repositories SET connected_at = coalesce(told.connected_at, repository.created_at)
        FROM git_repositories AS repository LEFT JOIN (
            SELECT workspace.id AS workspace_id, event.repository_id, event.connected_at
            FROM (SELECT DISTINCT workspace_id AS id FROM git_repositories) AS workspace CROSS JOIN LATERAL (
                SELECT data->>'id' AS repository_id, max(created_at) AS connected_at FROM events
                WHERE stream_id = workspace.id AND type = 'repository.connected'
                GROUP BY data->>'id'
            ) AS event
        ) AS told ON told.workspace_id = repository.workspace_id AND told.repository_id = repository.id::text
        WHERE repository.id = git_repositories.id
        """
    )
    for name in MOMENTS:
        op.add_column("pull_requests", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("UPDATE pull_requests SET ready_at = opened_at WHERE draft AND was_ready")
    op.add_column(
        "pull_request_reviews", sa.Column("first_submitted_at", sa.DateTime(timezone=True))
    )
    op.create_index(
        MERGED_AT,
        "pull_requests",
        ["repository_id", "merged_at"],
        postgresql_where=sa.text("merged_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(MERGED_AT, table_name="pull_requests")
    op.drop_column("pull_request_reviews", "first_submitted_at")
    for name in reversed(MOMENTS):
        op.drop_column("pull_requests", name)
    op.drop_column("git_repositories", "connected_at")
