"""The database for commands that do one thing and end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from taskly.kit.clock import SystemClock
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.platform.settings import Settings


@asynccontextmanager
async def open_database(settings: Settings, *, application: str) -> AsyncIterator[Database]:
    """The database of the settings, closed at the end. Nobody is told of changes until they look."""
    writer = make_writer(settings, application=application)
    reader = make_reader(settings, application=application)
    try:
        yield Database(writer, reader, clock=SystemClock(), announcer=SilentAnnouncer())
    finally:
        await writer.dispose()
        await reader.dispose()
