"""HTTP of links to pictures: for admins of a workspace."""

from uuid import UUID

from taskly.boards.errors import BoardArchived
from taskly.pictures import repository, sharing
from taskly.pictures.access import BoardToShare, LinksToRead, LinkToRevoke
from taskly.pictures.errors import TooManyPictureLinks
from taskly.pictures.schemas import (
    CreatePictureLink,
    PictureLinkResponse,
    PictureLinkWithAddress,
)
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, Tx
from taskly.users.errors import InsufficientScope

router = Router(prefix="/boards/{board_id}/picture-links", tags=["pictures"])

DOOR = (Forbidden, InsufficientScope, NotFound)


@router.post("", status_code=201, responses=problems(*DOOR, BoardArchived, TooManyPictureLinks))
async def create_picture_link(
    board: BoardToShare, body: CreatePictureLink, runtime: RuntimeOf, tx: Tx
) -> PictureLinkWithAddress:
    """Open the pictures of a board to whoever has an address, such as the readers of a README. For admins.

    The address is shown this once.
    """
    link, token = await sharing.create_link(tx, board, body.name)
    return PictureLinkWithAddress.of(link, token, runtime.settings.public_url)


@router.get("", responses=problems(*DOOR))
async def list_picture_links(
    board: LinksToRead, session: ReadSession, paging: Paging
) -> Page[PictureLinkResponse]:
    """List the links to the pictures of a board, oldest first. For admins."""
    rows = await repository.links_of(session, board, after=paging.after(UUID), limit=paging.rows)
    return paging.page(rows, PictureLinkResponse.model_validate, lambda row: row.id)


@router.delete("/{link_id}", status_code=204, responses=problems(*DOOR))
async def revoke_picture_link(access: LinkToRevoke, tx: Tx) -> None:
    """Let a link show nothing any more. What GitHub and browsers have kept is gone after five minutes. For admins."""
    await sharing.revoke_link(tx, access)
