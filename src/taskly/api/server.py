"""Serving the application with uvicorn, with the limits that it does not set by itself."""

import os

import uvicorn

from taskly.platform.settings import Settings

APPLICATION = "taskly.api.process:application"
"""By name: with several processes, the one that starts them does not load what they serve."""
SOCKET_FRAME_BYTES = 64 * 1024
CONCURRENT_CONNECTIONS = 8192
SILENT_SECONDS = 60
"""So long a process of several may say nothing before another takes its place: on a slow machine one that starts is
silent while it imports, and would be replaced for ever."""


def run_api(settings: Settings, *, application: str = APPLICATION) -> None:
    """Serve until told to stop, with as many processes as the settings say.

    `application` names the factory of what is served: benchmarks serve their peers in the same way.
    Headers are bounded in `RequestGuard`; bodies by the application. A proxy in front has to bound the
    time that a client may take to send them. Whose `X-Forwarded-For` is believed is the application's
    business too.
    """
    uvicorn.run(
        application,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.api_processes,
        loop="uvloop" if os.name == "posix" else "auto",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=SOCKET_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=int(settings.drain_seconds),
        timeout_worker_healthcheck=SILENT_SECONDS,
        limit_concurrency=CONCURRENT_CONNECTIONS,
        server_header=False,
        access_log=False,
        log_config=None,
        proxy_headers=False,
    )
