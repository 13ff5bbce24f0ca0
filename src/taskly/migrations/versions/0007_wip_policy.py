"""Whether limits of work in progress warn or hold.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WIP_POLICY = sa.Enum("warn", "strict", name="wip_policy")


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    WIP_POLICY.create(op.get_bind())
    op.add_column(
        "boards", sa.Column("wip_policy", WIP_POLICY, server_default="warn", nullable=False)
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("boards", "wip_policy")
    WIP_POLICY.drop(op.get_bind())
