"""Commenting on cards.

A comment is a thing of its own in the log, and belongs in its card's timeline. The board shows how many
there are; that number is a field of the card, recorded beside.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from taskly.cards.errors import CommentDeleted as CommentIsDeleted
from taskly.cards.events import (
    CardCounted,
    CommentChange,
    CommentCreated,
    CommentDeleted,
    CommentRestored,
    CommentUpdated,
)
from taskly.cards.models import Card, CardAccess, CardComment, CommentAccess
from taskly.cards.rules import logins_mentioned
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Forbidden
from taskly.workspaces import repository as workspaces
from taskly.workspaces.models import Role


async def create_comment(
    tx: Transaction, access: CardAccess, author_id: UUID, body: str
) -> CardComment:
    """Comment on a card. People of the workspace who are named as `@login` are mentioned."""
    card = access.card
    comment = CardComment(
        id=new_id(),
        workspace_id=card.workspace_id,
        card_id=card.id,
        author_id=author_id,
        body=body,
        mention_ids=await _mentions(tx, card, body),
        created_at=tx.now,
        edited_at=None,
        deleted_at=None,
    )
    tx.session.add(comment)
    _record(tx, card, CommentCreated, comment.id, None, comment_state(comment))
    _count(tx, card, 1)
    return comment


async def add_comments(tx: Transaction, said: Sequence[tuple[Card, str]], author_id: UUID) -> None:
    """Hang comments on new cards, which count them already. Nobody is mentioned by them."""
    comments = [
        CardComment(
            id=new_id(),
            workspace_id=card.workspace_id,
            card_id=card.id,
            author_id=author_id,
            body=body,
            mention_ids=[],
            created_at=tx.now,
            edited_at=None,
            deleted_at=None,
        )
        for card, body in said
    ]
    for (card, _), comment in zip(said, comments, strict=True):
        _record(tx, card, CommentCreated, comment.id, None, comment_state(comment))
    tx.session.add_all(comments)
    await tx.session.flush()


async def add_later_comments(
    tx: Transaction, said: Sequence[tuple[Card, str]], author_id: UUID
) -> None:
    """Hang comments on cards that are there, and count them. Nobody is mentioned by them."""
    await add_comments(tx, said, author_id)
    cards = {card.id: card for card, _ in said}
    for card_id, more in Counter(card.id for card, _ in said).items():
        _count(tx, cards[card_id], more)


async def update_comment(
    tx: Transaction, access: CommentAccess, caller_id: UUID, body: str
) -> CardComment:
    """Put a comment in other words. It shows that it was edited.

    Raises:
        Forbidden: somebody else wrote it.
        CommentIsDeleted: it has no words any more.
    """
    comment = access.comment
    if comment.author_id != caller_id:
        raise Forbidden("Only its author changes a comment.")
    if comment.deleted_at is not None:
        raise CommentIsDeleted
    if comment.body != body:
        before = _words(comment)
        comment.body, comment.edited_at = body, tx.now
        comment.mention_ids = await _mentions(tx, access.card.card, body)
        _record(tx, access.card.card, CommentUpdated, comment.id, before, _words(comment))
    return comment


async def delete_comment(tx: Transaction, access: CommentAccess, caller_id: UUID) -> None:
    """Take a comment's words away; that there was one is still to be seen.

    Raises:
        Forbidden: somebody else wrote it, and the caller is no admin.
    """
    comment, card = access.comment, access.card.card
    if comment.author_id != caller_id and access.card.board.role is not Role.ADMIN:
        raise Forbidden("Only its author or an admin deletes a comment.")
    if comment.deleted_at is not None:
        return
    before = {**_words(comment), "deleted_at": None}
    comment.body, comment.mention_ids, comment.deleted_at = "", [], tx.now
    after = {**_words(comment), "deleted_at": tx.now}
    _record(tx, card, CommentDeleted, comment.id, before, after)
    _count(tx, card, -1)


def restore_words(
    tx: Transaction, access: CommentAccess, caller_id: UUID, words: Mapping[str, Any]
) -> None:
    """Give a comment the words that it had, also one whose words were taken away.

    Raises:
        Forbidden: somebody else wrote it; admins may bring back what was deleted.
    """
    comment, card = access.comment, access.card.card
    was_deleted = comment.deleted_at is not None
    is_admin = access.card.board.role is Role.ADMIN
    if comment.author_id != caller_id and not (is_admin and was_deleted):
        raise Forbidden("Only its author changes a comment.")
    before = {**_words(comment), "deleted_at": comment.deleted_at}
    comment.body = words["body"]
    comment.mention_ids = [UUID(str(each)) for each in words["mention_ids"]]
    edited_at = words["edited_at"]
    comment.edited_at = None if edited_at is None else datetime.fromisoformat(edited_at)
    comment.deleted_at = None
    after = {**_words(comment), "deleted_at": None}
    kind = CommentRestored if was_deleted else CommentUpdated
    _record(tx, card, kind, comment.id, before, after)
    if was_deleted:
        _count(tx, card, 1)


def comment_state(comment: CardComment) -> dict[str, Any]:
    """A comment as the log shows it."""
    return {
        "id": comment.id,
        "card_id": comment.card_id,
        "author_id": comment.author_id,
        "created_at": comment.created_at,
        "deleted_at": comment.deleted_at,
        **_words(comment),
    }


def _words(comment: CardComment) -> dict[str, Any]:
    return {
        "body": comment.body,
        "mention_ids": comment.mention_ids,
        "edited_at": comment.edited_at,
    }


async def _mentions(tx: Transaction, card: Card, body: str) -> list[UUID]:
    logins = logins_mentioned(body)
    if not logins:
        return []
    return await workspaces.members_by_login(tx.session, card.workspace_id, logins)


def _count(tx: Transaction, card: Card, more: int) -> None:
    before = card.comment_count
    card.comment_count += more
    tx.record(
        card.board_id,
        CardCounted(
            id=card.id,
            before={"comment_count": before},
            after={"comment_count": card.comment_count},
        ),
    )


def _record(
    tx: Transaction,
    card: Card,
    kind: type[CommentChange],
    comment_id: UUID,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    tx.record(card.board_id, kind(id=comment_id, card_id=card.id, before=before, after=after))
