"""The doors to links, for admins of the workspace, and the door that a link opens to whoever has its address."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from taskly.boards.access import BoardToRead, open_board_with_workspace
from taskly.boards.models import BoardAccess
from taskly.insights.asking import Question, open_question
from taskly.insights.rollups import rollups_of
from taskly.insights.rules.histories import Selection
from taskly.kit.tokens import hash_token
from taskly.pictures import repository
from taskly.pictures.gallery import Gallery
from taskly.pictures.models import PictureLink
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime, RuntimeOf
from taskly.users.access import SignedIn, Tx
from taskly.users.personal_tokens import Scope
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class PictureLinkAccess:
    """A link, and the board that it shows."""

    board: BoardAccess
    link: PictureLink


async def _to_list(board: BoardToRead, principal: SignedIn) -> BoardAccess:
    require_role(board.role, Role.ADMIN)
    principal.require(Scope.ADMIN)
    return board


async def _to_share(board_id: UUID, principal: SignedIn, tx: Tx) -> BoardAccess:
    return await open_board_with_workspace(tx, principal, board_id, needed=Role.ADMIN)


async def _to_revoke(
    board_id: UUID, link_id: UUID, principal: SignedIn, tx: Tx
) -> PictureLinkAccess:
    board = await open_board_with_workspace(
        tx, principal, board_id, needed=Role.ADMIN, archived=True
    )
    link = await repository.link_of(tx.session, board, link_id)
    if link is None:
        raise NotFound
    return PictureLinkAccess(board, link)


@dataclass(frozen=True, slots=True)
class ShownBoard:
    """A board that a link shows. Links take no questions: neither about people nor about the past."""

    board: BoardAccess
    runtime: Runtime

    async def picture(self, draw: Callable[..., Awaitable[str]], **how: Hashable) -> str:
        """What is drawn of the board as it stands, or was drawn so lately.

        Raises:
            NotFound: the board went in this moment.
            Unavailable: much has to be folded first.
        """

        async def drawn() -> str:
            database, rollups = self.runtime.database, rollups_of(self.runtime)
            async with open_question(self.board, Question(Selection()), database, rollups) as asked:
                return await draw(asked, **how)

        gallery = self.runtime.belongings.get(Gallery, lambda: Gallery(self.runtime.clock))
        return await gallery.picture((self.board.id, draw, frozenset(how.items())), drawn)


async def _shown(
    token: Annotated[str, Path(description="From a link.")], runtime: RuntimeOf
) -> ShownBoard:
    """The same answer for a token that never was and for one that shows nothing any more. Holds no connection."""
    async with runtime.database.reading() as session:
        board = await repository.board_shown_by(session, hash_token(token))
    if board is None:
        raise NotFound
    return ShownBoard(board, runtime)


BoardToShare = Annotated[BoardAccess, Depends(_to_share)]
LinksToRead = Annotated[BoardAccess, Depends(_to_list)]
LinkToRevoke = Annotated[PictureLinkAccess, Depends(_to_revoke)]
Shown = Annotated[ShownBoard, Depends(_shown)]
