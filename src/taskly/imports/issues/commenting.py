"""Bringing what people said below issues onto their cards, once each, in the words in which it was said."""

from collections.abc import Sequence
from uuid import UUID

from taskly.cards.commenting import add_later_comments
from taskly.cards.models import Card
from taskly.github.remote.issues import IssueCommentObject
from taskly.imports.issues import issue_repository
from taskly.imports.issues.attempts import Begun
from taskly.imports.issues.drafting import said
from taskly.imports.models import BoardImport
from taskly.imports.sources.drafting import MOST_CARD_COMMENTS, pieces
from taskly.imports.sources.plan import MOST_COMMENTS
from taskly.platform.db.session import Transaction


async def take(
    tx: Transaction,
    begun: Begun,
    row: BoardImport,
    comments: Sequence[IssueCommentObject],
    author_id: UUID,
) -> None:
    """Hang a page of comments on the cards of their issues. Those on pull requests, and of issues that are no cards
    of the board, are passed over.

    GitHub numbers comments as they come, so the last that a card has says which are new.
    """
    numbers = {each.number for each in comments if each.number is not None}
    there = await issue_repository.issues_numbered(
        tx.session, row.workspace_id, begun.plan.wanted.github_id, begun.board_id, numbers
    )
    coming: list[tuple[Card, str]] = []
    for comment in sorted(comments, key=lambda each: each.id):
        if comment.number is None or comment.number not in there:
            continue
        issue, card = there[comment.number]
        if comment.id <= (issue.comment_id or 0):
            continue
        issue.comment_id = comment.id
        coming += [(card, piece) for piece in pieces(said(comment))]
    kept = _fitting(begun, coming)
    await add_later_comments(tx, kept, author_id)
    begun.plan.account({"comments": len(coming)}, {"comments": len(kept)})


def _fitting(begun: Begun, coming: Sequence[tuple[Card, str]]) -> list[tuple[Card, str]]:
    """As many as an import takes and each card holds; the others are noted."""
    room = MOST_COMMENTS - begun.plan.made.get("comments", 0)
    counts: dict[UUID, int] = {}
    kept: list[tuple[Card, str]] = []
    for card, body in coming:
        count = counts.get(card.id, card.comment_count)
        if len(kept) >= room or count >= MOST_CARD_COMMENTS:
            begun.plan.note("too_many", "comments", body)
            continue
        counts[card.id] = count + 1
        kept.append((card, body))
    return kept
