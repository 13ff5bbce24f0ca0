"""Repositories and their pull requests.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "git_repositories",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("github_id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column(
            "permissions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("webhook_id", sa.BigInteger(), nullable=True),
        sa.Column("webhook_secret", sa.Text(), nullable=True),
        sa.Column("previous_webhook_secret", sa.Text(), nullable=True),
        sa.Column("connected_by", sa.UUID(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "health",
            sa.Enum("connecting", "healthy", "failing", "disconnected", name="repository_health"),
            server_default="connecting",
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("github_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "char_length(default_branch) <= 255",
            name=op.f("ck_git_repositories_default_branch_length"),
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 255", name=op.f("ck_git_repositories_name_length")
        ),
        sa.CheckConstraint(
            "char_length(owner) BETWEEN 1 AND 255", name=op.f("ck_git_repositories_owner_length")
        ),
        sa.CheckConstraint(
            "char_length(problem) <= 2048", name=op.f("ck_git_repositories_problem_length")
        ),
        sa.ForeignKeyConstraint(
            ["connected_by"],
            ["users.id"],
            name=op.f("fk_git_repositories_connected_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_git_repositories_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_git_repositories")),
        sa.UniqueConstraint(
            "workspace_id", "github_id", name=op.f("uq_git_repositories_workspace_id_github_id")
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_git_repositories_workspace_id_id")),
    )
    op.create_index(
        "ix_git_repositories_connected_by", "git_repositories", ["connected_by"], unique=False
    )
    op.create_table(
        "check_runs",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("head_sha", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum("check_run", "status", name="check_kind"), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("github_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "passing", "failing", "neutral", name="check_state"),
            nullable=False,
        ),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("github_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(app) <= 255", name=op.f("ck_check_runs_app_length")),
        sa.CheckConstraint("char_length(name) <= 255", name=op.f("ck_check_runs_name_length")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            name="fk_check_runs_repository",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_runs")),
        sa.UniqueConstraint(
            "repository_id",
            "head_sha",
            "kind",
            "app",
            "name",
            name=op.f("uq_check_runs_repository_id_head_sha_kind_app_name"),
        ),
    )
    op.create_index(
        "ix_check_runs_workspace_id_repository_id",
        "check_runs",
        ["workspace_id", "repository_id"],
        unique=False,
    )
    op.create_table(
        "commits",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(branch) <= 510", name=op.f("ck_commits_branch_length")),
        sa.CheckConstraint("char_length(message) <= 4000", name=op.f("ck_commits_message_length")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            name="fk_commits_repository",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commits")),
        sa.UniqueConstraint(
            "repository_id", "branch", "sha", name=op.f("uq_commits_repository_id_branch_sha")
        ),
    )
    op.create_index(
        "ix_commits_workspace_id_repository_id",
        "commits",
        ["workspace_id", "repository_id"],
        unique=False,
    )
    op.create_table(
        "pull_requests",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("github_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "draft", "closed", "merged", name="pull_request_state"),
            nullable=False,
        ),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("head_branch", sa.Text(), nullable=False),
        sa.Column("head_sha", sa.Text(), nullable=False),
        sa.Column("head_fork", sa.Text(), nullable=True),
        sa.Column("base_branch", sa.Text(), nullable=False),
        sa.Column("requested_reviewers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_by", sa.Text(), nullable=True),
        sa.Column("additions", sa.Integer(), nullable=True),
        sa.Column("deletions", sa.Integer(), nullable=True),
        sa.Column("size_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("github_updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column(
            "review_decision",
            sa.Enum("approved", "changes_requested", "review_required", name="review_decision"),
            nullable=True,
        ),
        sa.Column(
            "checks", sa.Enum("passing", "failing", "pending", name="checks_state"), nullable=True
        ),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("char_length(body) <= 65536", name=op.f("ck_pull_requests_body_length")),
        sa.CheckConstraint(
            "char_length(title) <= 1024", name=op.f("ck_pull_requests_title_length")
        ),
        sa.CheckConstraint("char_length(url) <= 2000", name=op.f("ck_pull_requests_url_length")),
        sa.CheckConstraint("number > 0", name=op.f("ck_pull_requests_number_positive")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            name="fk_pull_requests_repository",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_requests")),
        sa.UniqueConstraint(
            "repository_id", "number", name=op.f("uq_pull_requests_repository_id_number")
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_pull_requests_workspace_id_id")),
    )
    op.create_index(
        "ix_pull_requests_repository_id_head_branch",
        "pull_requests",
        ["repository_id", "head_branch"],
        unique=False,
    )
    op.create_index(
        "ix_pull_requests_repository_id_head_sha",
        "pull_requests",
        ["repository_id", "head_sha"],
        unique=False,
    )
    op.create_index(
        "ix_pull_requests_workspace_id_repository_id",
        "pull_requests",
        ["workspace_id", "repository_id"],
        unique=False,
    )
    op.create_table(
        "pull_request_reviews",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("commented", "approved", "changes_requested", "dismissed", name="review_state"),
            nullable=False,
        ),
        sa.Column("github_id", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pull_request_id"],
            ["pull_requests.workspace_id", "pull_requests.id"],
            name="fk_pull_request_reviews_pull_request",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_request_reviews")),
        sa.UniqueConstraint(
            "pull_request_id",
            "reviewer_id",
            name=op.f("uq_pull_request_reviews_pull_request_id_reviewer_id"),
        ),
    )
    op.create_index(
        "ix_pull_request_reviews_workspace_id_pull_request_id",
        "pull_request_reviews",
        ["workspace_id", "pull_request_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(
        "ix_pull_request_reviews_workspace_id_pull_request_id", table_name="pull_request_reviews"
    )
    op.drop_table("pull_request_reviews")
    op.drop_index("ix_pull_requests_workspace_id_repository_id", table_name="pull_requests")
    op.drop_index("ix_pull_requests_repository_id_head_sha", table_name="pull_requests")
    op.drop_index("ix_pull_requests_repository_id_head_branch", table_name="pull_requests")
    op.drop_table("pull_requests")
    op.drop_index("ix_commits_workspace_id_repository_id", table_name="commits")
    op.drop_table("commits")
    op.drop_index("ix_check_runs_workspace_id_repository_id", table_name="check_runs")
    op.drop_table("check_runs")
    op.drop_index("ix_git_repositories_connected_by", table_name="git_repositories")
    op.drop_table("git_repositories")
    for enum in (
        "repository_health",
        "check_kind",
        "check_state",
        "pull_request_state",
        "review_decision",
        "checks_state",
        "review_state",
    ):
        sa.Enum(name=enum).drop(op.get_bind())
