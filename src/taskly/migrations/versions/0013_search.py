"""What searches ask: words of comments, and the newest cards of a workspace.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_index(
        "ix_card_comments_search",
        "card_comments",
        [sa.text("to_tsvector('simple'::regconfig, body)")],
        postgresql_using="gin",
    )
    op.create_index("ix_cards_workspace_id_id", "cards", ["workspace_id", "id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_cards_workspace_id_id", table_name="cards")
    op.drop_index("ix_card_comments_search", table_name="card_comments", postgresql_using="gin")
