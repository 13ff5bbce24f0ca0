"""Serving the application with uvicorn, with the limits that it does not set by itself."""

import uvicorn

from taskly.platform.settings import Settings

HEADER_BYTES = 16 * 1024
SOCKET_FRAME_BYTES = 64 * 1024
CONCURRENT_CONNECTIONS = 8192


def server_config(settings: Settings) -> uvicorn.Config:
    """How one or more api processes listen."""
    return uvicorn.Config(
        "taskly.api.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.api_processes,
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=SOCKET_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(settings.drain_seconds),
        limit_concurrency=CONCURRENT_CONNECTIONS,
        server_header=False,
        access_log=False,
        log_config=None,
        proxy_headers=False,
    )
