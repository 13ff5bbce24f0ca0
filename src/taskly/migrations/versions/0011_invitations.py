"""Invitations, and the addresses that say whom one is for.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.add_column(
        "users",
        sa.Column(
            "verified_emails", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.create_check_constraint(
        op.f("ck_users_verified_emails_count"),
        "users",
        "cardinality(verified_emails) <= 100",
        postgresql_not_valid=True,
    )
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT ck_users_verified_emails_count")
    op.create_table(
        "workspace_invitations",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "role",
            postgresql.ENUM("viewer", "member", "admin", name="workspace_role", create_type=False),
            nullable=False,
        ),
        sa.Column("invited_by", sa.UUID(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issue", sa.Integer(), server_default="1", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.UUID(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
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
            "accepted_at IS NULL OR revoked_at IS NULL",
            name=op.f("ck_workspace_invitations_ended_once"),
        ),
        sa.CheckConstraint(
            "char_length(email) BETWEEN 3 AND 254",
            name=op.f("ck_workspace_invitations_email_length"),
        ),
        sa.CheckConstraint("issue > 0", name=op.f("ck_workspace_invitations_issue_positive")),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32",
            name=op.f("ck_workspace_invitations_token_hash_is_sha256"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["users.id"],
            name=op.f("fk_workspace_invitations_accepted_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["users.id"],
            name=op.f("fk_workspace_invitations_invited_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_workspace_invitations_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_workspace_invitations_token_hash")),
    )
    for column in ("accepted_by", "expires_at", "invited_by", "workspace_id"):
        op.create_index(
            f"ix_workspace_invitations_{column}", "workspace_invitations", [column], unique=False
        )
    op.create_index(
        "uq_workspace_invitations_open",
        "workspace_invitations",
        ["workspace_id", sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("workspace_invitations")
    op.drop_constraint(op.f("ck_users_verified_emails_count"), "users", type_="check")
    op.drop_column("users", "verified_emails")
