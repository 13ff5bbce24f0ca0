"""The live endpoints."""

from fastapi import APIRouter, WebSocket

from taskly.platform.realtime.doors import Doors, P
from taskly.platform.realtime.handshake import answer
from taskly.platform.realtime.process import LiveHub, hub_of, open_hub

__all__ = ["Doors", "LiveHub", "hub_of", "live_router", "open_hub"]


def live_router(doors: Doors[P]) -> APIRouter:
    """`/ws/boards/{board_id}` and `/ws/workspaces/{workspace_id}`, both with `?since=`."""
    router = APIRouter()

    @router.websocket("/ws/boards/{named}")
    async def follow_board(websocket: WebSocket, named: str) -> None:
        await answer(websocket, doors, doors.board, named)

    @router.websocket("/ws/workspaces/{named}")
    async def follow_workspace(websocket: WebSocket, named: str) -> None:
        await answer(websocket, doors, doors.workspace, named)

    return router
