"""Words stand between signs: what PostgreSQL would take for a tag, a path or a host name is found by its words.

It takes each character outside ASCII for a letter where the locale is C, so that we say what separates words.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Code points, first and last. Joiners (200C, 200D) belong to words.
SIGNS = (
    # ASCII and Latin 1
    *((0x01, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0xA9), (0xAB, 0xB1), (0xB4, 0xB4)),
    *((0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7)),
    # Greek, Armenian, Hebrew, Arabic, Devanagari, Thai, Myanmar, Ethiopic, Khmer
    *((0x37E, 0x37E), (0x387, 0x387), (0x55A, 0x55F), (0x589, 0x58A), (0x5BE, 0x5BE)),
    *((0x5C0, 0x5C0), (0x5C3, 0x5C3), (0x5F3, 0x5F4), (0x609, 0x60D), (0x61B, 0x61F)),
    *((0x66A, 0x66D), (0x6D4, 0x6D4), (0x964, 0x965), (0xE4F, 0xE4F), (0xE5A, 0xE5B)),
    *((0x104A, 0x104F), (0x1360, 0x1368), (0x1680, 0x1680), (0x17D4, 0x17DB)),
    *((0xE3F, 0xE3F), (0xFDFC, 0xFDFC)),
    # Punctuation, currencies, arrows, mathematics, shapes, dingbats
    *((0x2000, 0x200B), (0x200E, 0x206F), (0x20A0, 0x20CF), (0x2190, 0x245F)),
    *((0x2500, 0x2775), (0x2794, 0x2BFF), (0x2E00, 0x2E7F)),
    # Chinese, Japanese and Korean, and their wide forms
    *((0x3000, 0x3004), (0x3008, 0x3020), (0x3030, 0x3030), (0x303D, 0x303F), (0x30FB, 0x30FB)),
    *((0xFD3E, 0xFD3F), (0xFE0E, 0xFE19), (0xFE30, 0xFE6B), (0xFEFF, 0xFEFF), (0xFF01, 0xFF0F)),
    *((0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF65), (0xFFE0, 0xFFE6)),
    # Pictures
    (0x1F000, 0x1FAFF),
)
PATTERN = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in SIGNS)
OF_CARD = (
    "setweight(to_tsvector('simple', {0}title{1}), 'A') || "
    "setweight(to_tsvector('simple', {0}description || ' ' || acceptance_criteria{1}), 'B')"
)
OF_COMMENT = "to_tsvector('simple'\\:\\:regconfig, {0}body{1})"


def upgrade() -> None:
    """Apply. A generated column can't be filled in batches: a million cards take some minutes."""
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(
        "CREATE FUNCTION without_signs(text) RETURNS text "
        "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        f"RETURN regexp_replace($1, '[{PATTERN}]+', ' ', 'g')"
    )
    _index_anew("without_signs(", ")")


def downgrade() -> None:
    """Take back."""
    op.execute("SET LOCAL statement_timeout = 0")
    _index_anew("", "")
    op.execute("DROP FUNCTION without_signs(text)")


def _index_anew(before: str, after: str) -> None:
    op.drop_index("ix_card_comments_search", table_name="card_comments", postgresql_using="gin")
    op.drop_index("ix_cards_search", table_name="cards", postgresql_using="gin")
    op.drop_column("cards", "search")
    words = sa.Computed(OF_CARD.format(before, after), persisted=True)
    op.add_column("cards", sa.Column("search", postgresql.TSVECTOR(), words, nullable=False))
    op.create_index("ix_cards_search", "cards", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_card_comments_search",
        "card_comments",
        [sa.text(OF_COMMENT.format(before, after))],
        postgresql_using="gin",
    )
