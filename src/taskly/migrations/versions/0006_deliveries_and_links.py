"""What GitHub tells of cards.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "webhook_deliveries",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("received", "processed", "ignored", "failed", "dead", name="delivery_state"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "attempts >= 0", name=op.f("ck_webhook_deliveries_attempts_not_negative")
        ),
        sa.CheckConstraint(
            "char_length(action) <= 100", name=op.f("ck_webhook_deliveries_action_length")
        ),
        sa.CheckConstraint(
            "char_length(error) <= 2048", name=op.f("ck_webhook_deliveries_error_length")
        ),
        sa.CheckConstraint(
            "char_length(event) BETWEEN 1 AND 100", name=op.f("ck_webhook_deliveries_event_length")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            name="fk_webhook_deliveries_repository",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "repository_id",
            "delivery_id",
            name=op.f("uq_webhook_deliveries_repository_id_delivery_id"),
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_repository_id_received_at",
        "webhook_deliveries",
        ["repository_id", "received_at"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_deliveries_workspace_id_repository_id",
        "webhook_deliveries",
        ["workspace_id", "repository_id"],
        unique=False,
    )
    op.create_table(
        "card_branches",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("repository_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("creating", "created", "failed", "deleted", name="branch_state"),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("base_sha", sa.Text(), nullable=True),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("github_updated_at", sa.DateTime(timezone=True), nullable=True),
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
            "char_length(error) <= 2048", name=op.f("ck_card_branches_error_length")
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 255", name=op.f("ck_card_branches_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["board_id", "card_id"],
            ["cards.board_id", "cards.id"],
            name="fk_card_branches_card",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_card_branches_created_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "repository_id"],
            ["git_repositories.workspace_id", "git_repositories.id"],
            name="fk_card_branches_repository",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_branches")),
        sa.UniqueConstraint(
            "card_id",
            "repository_id",
            "name",
            name=op.f("uq_card_branches_card_id_repository_id_name"),
        ),
    )
    op.create_index(
        "ix_card_branches_board_id_card_id", "card_branches", ["board_id", "card_id"], unique=False
    )
    op.create_index("ix_card_branches_created_by", "card_branches", ["created_by"], unique=False)
    op.create_index(
        "ix_card_branches_repository_id_name",
        "card_branches",
        ["repository_id", "name"],
        unique=False,
    )
    op.create_index(
        "ix_card_branches_workspace_id_repository_id",
        "card_branches",
        ["workspace_id", "repository_id"],
        unique=False,
    )
    op.create_table(
        "card_pull_requests",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=False),
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("manual", "created", "branch", "title", "body", "commit", name="link_source"),
            nullable=False,
        ),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
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
            ["board_id", "card_id"],
            ["cards.board_id", "cards.id"],
            name="fk_card_pull_requests_card",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pull_request_id"],
            ["pull_requests.workspace_id", "pull_requests.id"],
            name="fk_card_pull_requests_pull_request",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_pull_requests")),
        sa.UniqueConstraint(
            "card_id", "pull_request_id", name=op.f("uq_card_pull_requests_card_id_pull_request_id")
        ),
    )
    op.create_index(
        "ix_card_pull_requests_board_id_card_id",
        "card_pull_requests",
        ["board_id", "card_id"],
        unique=False,
    )
    op.create_index(
        "ix_card_pull_requests_workspace_id_pull_request_id",
        "card_pull_requests",
        ["workspace_id", "pull_request_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(
        "ix_card_pull_requests_workspace_id_pull_request_id", table_name="card_pull_requests"
    )
    op.drop_index("ix_card_pull_requests_board_id_card_id", table_name="card_pull_requests")
    op.drop_table("card_pull_requests")
    op.drop_index("ix_card_branches_workspace_id_repository_id", table_name="card_branches")
    op.drop_index("ix_card_branches_repository_id_name", table_name="card_branches")
    op.drop_index("ix_card_branches_created_by", table_name="card_branches")
    op.drop_index("ix_card_branches_board_id_card_id", table_name="card_branches")
    op.drop_table("card_branches")
    op.drop_index(
        "ix_webhook_deliveries_workspace_id_repository_id", table_name="webhook_deliveries"
    )
    op.drop_index(
        "ix_webhook_deliveries_repository_id_received_at", table_name="webhook_deliveries"
    )
    op.drop_table("webhook_deliveries")
    for enum in (
        "delivery_state",
        "branch_state",
        "link_source",
    ):
        sa.Enum(name=enum).drop(op.get_bind())
