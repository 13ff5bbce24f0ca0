"""The doors that live connections go through, and are checked at again while they last."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.access import open_board
from taskly.platform.events.log import Stream
from taskly.platform.realtime.endpoints import Doors
from taskly.users import repository as users
from taskly.users.access import Principal, authenticate_socket
from taskly.workspaces.access import open_workspace


async def _board(session: AsyncSession, principal: Principal, board_id: UUID) -> Stream:
    return (await open_board(session, principal, board_id)).stream


async def _workspace(session: AsyncSession, principal: Principal, workspace_id: UUID) -> Stream:
    return (await open_workspace(session, principal, workspace_id)).stream


async def _still_signed_in(session: AsyncSession, principal: Principal) -> bool:
    now = datetime.now(UTC)
    if principal.session_id is not None:
        return bool(await users.live_sessions(session, [principal.session_id], now))
    tokens = [] if principal.token_id is None else [principal.token_id]
    return bool(await users.live_api_tokens(session, tokens, now))


DOORS = Doors(
    authenticate=authenticate_socket,
    still_signed_in=_still_signed_in,
    board=_board,
    workspace=_workspace,
)
