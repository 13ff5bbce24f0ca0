"""The same searches as a person would write them who has to find just these cards."""

from dataclasses import dataclass

_HEAD = (
    "SELECT c.id, c.title, c.priority, c.due_date FROM cards c JOIN boards b ON b.id = c.board_id"
)
_OPEN = "c.workspace_id = $1 AND c.archived_at IS NULL AND b.archived_at IS NULL"
_NEWEST = "ORDER BY c.id DESC LIMIT 51"


@dataclass(frozen=True, slots=True)
class Bare:
    """A query, and SQL that finds the same first page for the workspace `$1`."""

    query: str
    sql: str


def _worded(*words: str) -> str:
    """Cards with all words in their texts or a comment, the best first."""
    found = " AND ".join(
        f"(c.search @@ '{word}'::tsquery OR EXISTS (SELECT FROM card_comments m "
        f"WHERE m.card_id = c.id AND to_tsvector('simple', without_signs(m.body)) @@ '{word}'::tsquery))"
        for word in words
    )
    rank = " || ".join(f"'{word}'::tsquery" for word in words)
    order = f"ORDER BY (ts_rank(c.search, {rank}) * 1000000)::bigint DESC, c.id DESC LIMIT 51"
    return f"{_HEAD} WHERE {_OPEN} AND {found} {order}"


def _filtered(condition: str) -> str:
    return f"{_HEAD} WHERE {_OPEN} AND {condition} {_NEWEST}"


_BUG = (
    "EXISTS (SELECT FROM card_labels x JOIN labels l ON l.id = x.label_id "
    "WHERE x.card_id = c.id AND lower(l.name) = 'bug')"
)

BARE = (
    Bare("tablet ", _worded("tablet")),
    Bare("refund ", _worded("refund")),
    Bare("r17 ", _worded("r17")),
    Bare("mobile tablet ", _worded("mobile", "tablet")),
    Bare("label:bug is:open", _filtered(f"{_BUG} AND c.completed_at IS NULL")),
    Bare("points:>7", _filtered("c.story_points > 7")),
    Bare("due:<7d", _filtered("c.due_date < (now() AT TIME ZONE 'UTC')::date + 7")),
    Bare("", _filtered("true")),
)
