"""Making and revoking links to pictures."""

from typing import Any

from taskly.boards.models import BoardAccess
from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token, make_opaque_token
from taskly.pictures import repository
from taskly.pictures.access import PictureLinkAccess
from taskly.pictures.errors import TooManyPictureLinks
from taskly.pictures.events import PictureLinkCreated, PictureLinkRevoked
from taskly.pictures.models import PictureLink
from taskly.platform.db.session import Transaction

MOST_LINKS = 10
"""Of one board."""


async def create_link(tx: Transaction, board: BoardAccess, name: str) -> tuple[PictureLink, str]:
    """Make a link that shows the pictures of a board; with its token, which is not shown again.

    Raises:
        TooManyPictureLinks: the board has as many as it can have.
    """
    if await repository.count_links(tx.session, board) >= MOST_LINKS:
        raise TooManyPictureLinks(f"A board has {MOST_LINKS} links at most. Revoke one.")
    token = make_opaque_token()
    link = PictureLink(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        name=name,
        token_hash=hash_token(token),
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(link)
    change = PictureLinkCreated(id=link.id, before=None, after=_state(link))
    tx.record(board.workspace_id, change)
    return link, token


async def revoke_link(tx: Transaction, access: PictureLinkAccess) -> None:
    """Let a link show nothing any more. Who has a picture already may see it until they ask again."""
    link = access.link
    change = PictureLinkRevoked(id=link.id, before=_state(link), after=None)
    tx.record(link.workspace_id, change)
    await tx.session.delete(link)


def _state(link: PictureLink) -> dict[str, Any]:
    return {"board_id": link.board_id, "name": link.name}
