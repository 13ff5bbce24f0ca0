"""How uvicorn serves our sockets.

uvicorn's own protocol waits for a slow client even to send it the close frame, and after that for its
connection to end, which may be never. This one does neither.
"""

from asyncio import BaseTransport

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class LiveProtocol(WebSocketsSansIOProtocol):
    """For `uvicorn.Config(ws=LiveProtocol)`: a closed socket is gone soon, whatever the client does."""

    linger_seconds = 5.0

    def connection_made(self, transport: BaseTransport) -> None:
        """Take a connection."""
        super().connection_made(transport)
        # The library's debug log holds whole requests, with cookies and tokens.
        self.conn.debug = False

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; a close frame is put behind what the client has not taken yet."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)

    async def run_asgi(self) -> None:
        """Run the application for this socket; afterwards, give the client a moment to take the rest."""
        await super().run_asgi()
        self.loop.call_later(self.linger_seconds, self.transport.abort)
