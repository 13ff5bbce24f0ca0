"""The doors that live connections go through, and are checked at again while they last."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.access import open_board
from taskly.platform.db.hot import DriverReader
from taskly.platform.events.log import Stream
from taskly.platform.realtime.endpoints import Doors
from taskly.users.access import Principal, authenticate_socket, still_signed_in
from taskly.workspaces.access import open_workspace


async def _board(session: AsyncSession, principal: Principal, board_id: UUID) -> Stream:
    hot = DriverReader(await session.connection())
    return (await open_board(hot, principal, board_id)).stream


async def _workspace(session: AsyncSession, principal: Principal, workspace_id: UUID) -> Stream:
    return (await open_workspace(session, principal, workspace_id)).stream


DOORS = Doors(
    authenticate=authenticate_socket,
    still_signed_in=still_signed_in,
    board=_board,
    workspace=_workspace,
)
