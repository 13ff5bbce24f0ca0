"""HTTP of comments."""

from uuid import UUID

from taskly.boards.errors import BoardArchived
from taskly.cards import comment_repository as repository
from taskly.cards import commenting
from taskly.cards.access import CardToEdit, CardToRead, CommentToEdit
from taskly.cards.errors import CommentDeleted
from taskly.cards.schemas import CommentResponse, WriteComment
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.users.access import ReadSession, SignedIn, Tx

router = Router(prefix="/cards/{card_id}/comments", tags=["comments"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.get("", responses=problems(NotFound))
async def list_comments(
    access: CardToRead, session: ReadSession, paging: Paging
) -> Page[CommentResponse]:
    """List the comments on a card, oldest first; deleted ones without their words."""
    rows = await repository.comments_of(
        session, access.card.id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, CommentResponse.model_validate, lambda row: row.id)


@router.post("", status_code=201, responses=problems(*CHANGE))
async def create_comment(
    access: CardToEdit, body: WriteComment, principal: SignedIn, tx: Tx
) -> CommentResponse:
    """Comment on a card. `@login` mentions people of the workspace. For members."""
    return CommentResponse.model_validate(
        await commenting.create_comment(tx, access, principal.user_id, body.body)
    )


@router.patch("/{comment_id}", responses=problems(*CHANGE, CommentDeleted))
async def update_comment(
    access: CommentToEdit, body: WriteComment, principal: SignedIn, tx: Tx
) -> CommentResponse:
    """Put a comment of one's own in other words. It shows that it was edited."""
    return CommentResponse.model_validate(
        await commenting.update_comment(tx, access, principal.user_id, body.body)
    )


@router.delete("/{comment_id}", status_code=204, responses=problems(*CHANGE))
async def delete_comment(access: CommentToEdit, principal: SignedIn, tx: Tx) -> None:
    """Take a comment's words off the card: one's own, or any for admins. That there was one stays.

    The words remain in the card's timeline and in the stream of events, as deleting can be undone.
    """
    await commenting.delete_comment(tx, access, principal.user_id)
