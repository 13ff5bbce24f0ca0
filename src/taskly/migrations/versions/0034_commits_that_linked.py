"""The commits of those pull requests that cards have because of them.

Revision: 0034, after 0033. Of all others GitHub is asked when it tells of them again.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Until GitHub tells more, such a pull request has the newest commits that were known of its branch."""
    op.execute(
        "INSERT INTO pull_request_commits (id, workspace_id, pull_request_id, sha, message, author, committed_at, created_at)"
        " SELECT gen_random_uuid(), pull.workspace_id, pull.id, own.sha, own.message, own.author, own.committed_at,"
        " own.created_at FROM pull_requests pull CROSS JOIN LATERAL (SELECT * FROM commits"
        " WHERE commits.repository_id = pull.repository_id"
        " AND commits.branch = concat_ws(':', pull.head_fork, pull.head_branch)"
        " ORDER BY commits.committed_at DESC, commits.sha LIMIT 250) own"
        " WHERE EXISTS (SELECT FROM card_pull_requests link WHERE link.pull_request_id = pull.id"
        " AND link.source = 'commit' AND link.removed_at IS NULL)"
        " ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    """Take back: nothing, for the table goes with its own migration."""
