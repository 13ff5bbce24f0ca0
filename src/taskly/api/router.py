"""The table of contents of the API."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.api import health
from taskly.boards import endpoints as boards
from taskly.boards.access import open_board
from taskly.cards import endpoints as cards
from taskly.github import endpoints as github
from taskly.platform.http.routing import Router
from taskly.platform.realtime.endpoints import live_router
from taskly.sprints import endpoints as sprints
from taskly.users import endpoints as users
from taskly.users.access import Principal, authenticate_socket
from taskly.workspaces import endpoints as workspaces
from taskly.workspaces.access import open_workspace

router = Router()
router.include_router(users.router)
router.include_router(workspaces.router)
router.include_router(boards.router)
router.include_router(cards.router)
router.include_router(sprints.router)
router.include_router(github.router)
router.include_router(health.router)


async def _may_see_board(session: AsyncSession, principal: Principal, board_id: UUID) -> None:
    await open_board(session, principal, board_id)


async def _may_see_workspace(
    session: AsyncSession, principal: Principal, workspace_id: UUID
) -> None:
    await open_workspace(session, principal, workspace_id)


live = live_router(
    authenticate=authenticate_socket,
    may_see_board=_may_see_board,
    may_see_workspace=_may_see_workspace,
)
