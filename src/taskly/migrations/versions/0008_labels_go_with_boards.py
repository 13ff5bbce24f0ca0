"""Labels go with their boards, also from cards that have them.

Revision: 0008, after 0007.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = "fk_card_labels_label_id"


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    _replace("CASCADE")


def downgrade() -> None:
    """Take back."""
    _replace("NO ACTION")


def _replace(on_delete: str) -> None:
    op.drop_constraint(NAME, "card_labels", type_="foreignkey")
    op.create_foreign_key(NAME, "card_labels", "labels", ["label_id"], ["id"], ondelete=on_delete)
