"""How Alembic reaches the database: one connection, a lock against a second run, and time-outs."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from taskly.migrations.tables import METADATA
from taskly.migrations.waiting import end_turn, set_time_outs, take_turn
from taskly.platform.db.engine import engine_at


def migrate(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=True,
        include_object=context.config.attributes.get("include_object"),
    )
    take_turn(connection)
    set_time_outs(connection)
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        end_turn(connection)


async def connect_and_migrate(database_url: str) -> None:
    """Open the one connection, and close it again."""
    engine = engine_at(database_url, server_settings={}, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(connect_and_migrate(context.config.attributes["database_url"]))
