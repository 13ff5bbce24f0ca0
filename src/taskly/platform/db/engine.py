"""The engines: pools of connections per process, with time-outs on the server's side."""

from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from taskly.kit.json import dumps, loads
from taskly.platform.settings import Settings

CONNECT_SECONDS = 5
RECYCLE_SECONDS = 1800
PATIENT_SECONDS = 300
PATIENT_CONNECTIONS = 2


def make_writer(settings: Settings, *, application: str) -> AsyncEngine:
    """The engine that writes; `application` is what `pg_stat_activity` shows."""
    return _engine(settings, server_settings(settings, application))


def make_reader(settings: Settings, *, application: str) -> AsyncEngine:
    """The engine that reads: PostgreSQL refuses writes on it, and each statement is a transaction.

    So a read costs one round trip instead of three.
    """
    engine = _engine(settings, read_only_settings(settings, application))
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def make_patient(settings: Settings, *, application: str) -> AsyncEngine:
    """The engine for the few reads that may take minutes, as a whole workspace does.

    It has its own connections, so that those who wait here hold up nobody else.
    """
    patient = {
        "statement_timeout_seconds": PATIENT_SECONDS,
        "database_pool_size": PATIENT_CONNECTIONS,
    }
    return make_writer(settings.model_copy(update=patient), application=application)


def server_settings(settings: Settings, application: str) -> dict[str, str]:
    """What PostgreSQL is told about a connection.

    Sessions run in UTC, and PostgreSQL itself ends statements, lock waits and idle transactions that
    take too long, so that a lost client never holds a board.
    """
    return {
        "application_name": application,
        "timezone": "UTC",
        "statement_timeout": str(int(settings.statement_timeout_seconds * 1000)),
        "lock_timeout": str(int(settings.lock_timeout_seconds * 1000)),
        "idle_in_transaction_session_timeout": "10000",
        "jit": "off",
        # Beside 4 MB a sort may use, 64 MB for what is looked up by a hash: what a search excludes is a million ids
        # in a large workspace, and without a hash they are gone through once for each card.
        "hash_mem_multiplier": "16",
    }


def read_only_settings(settings: Settings, application: str) -> dict[str, str]:
    """The same for a connection on which PostgreSQL refuses to write."""
    return {**server_settings(settings, application), "default_transaction_read_only": "on"}


def answer_seconds(settings: Settings) -> float:
    """How long we wait for an answer ourselves.

    PostgreSQL ends statements by itself, but not when the way to it is gone and nobody says so.
    """
    return settings.statement_timeout_seconds + 1


def engine_at(
    address: str,
    *,
    server_settings: dict[str, str],
    command_timeout: float | None = None,
    **options: Any,
) -> AsyncEngine:
    """An engine whose address the driver itself reads, as libpq does: `sslmode`, sockets, several hosts."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(
            asyncpg.connect,
            address,
            timeout=CONNECT_SECONDS,
            command_timeout=command_timeout,
            server_settings=server_settings,
        ),
        json_serializer=lambda value: dumps(value).decode(),
        json_deserializer=loads,
        **options,
    )


def _engine(settings: Settings, told: dict[str, str]) -> AsyncEngine:
    engine = engine_at(
        settings.required_database_url(),
        server_settings=told,
        command_timeout=answer_seconds(settings),
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_wait_seconds,
        pool_recycle=RECYCLE_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Take another connection when PostgreSQL has closed this one, as it does when it restarts.

    The driver notices a closed socket by itself, so this costs no round trip, unlike a ping.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("PostgreSQL has closed the connection")
