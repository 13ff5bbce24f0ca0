"""What a request sends to PostgreSQL."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from asyncpg.connection import LoggedQuery
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.world import World

FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
"""What begins and ends transactions: a round trip each, but no query."""
COMMENT = re.compile("--[^\n]*")
ASKS_TYPE = re.compile("typeinfo_tree|set_config\\('jit'")
"""What the driver asks once a connection when it meets a type that it does not know."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement with its parameters; of one that was sent with many sets of them, the first."""

    sql: str
    parameters: Sequence[Any]


class Listener:
    """Hears what is sent to PostgreSQL on the test's one connection."""

    def __init__(self) -> None:
        self.statements: list[Sent] = []

    def by_driver(self, query: LoggedQuery) -> None:
        """Called after what the application asks of the driver itself."""
        self._note(query.query, query.args)

    def by_session(
        self,
        _connection: object,
        _cursor: object,
        statement: str,
        parameters: Sequence[Any],
        *_others: object,
    ) -> None:
        """Called before each statement of a session."""
        self._note(statement, parameters)

    def _note(self, statement: str, parameters: Sequence[Any]) -> None:
        if not statement.lstrip().upper().startswith(FRAME) and not ASKS_TYPE.search(statement):
            is_many = isinstance(parameters, list) and isinstance(parameters[0], tuple)
            first = parameters[0] if is_many else parameters
            in_one_line = " ".join(COMMENT.sub("", statement).split())
            self.statements.append(Sent(in_one_line, first))


async def driver_of(world: World) -> Any:
    """The driver's connection, of which the test has one."""
    bind = world.runtime.database.writer
    assert isinstance(bind, AsyncConnection)
    return (await bind.get_raw_connection()).driver_connection


async def statements_of(
    world: World, request: Callable[[], Awaitable[httpx2.Response]]
) -> list[Sent]:
    """The statements of a request that succeeds."""
    bind, driver = world.runtime.database.writer, await driver_of(world)
    assert isinstance(bind, AsyncConnection)
    listener = Listener()
    driver.add_query_logger(listener.by_driver)
    event.listen(bind.sync_connection, "before_cursor_execute", listener.by_session)
    try:
        answer = await request()
        await asyncio.sleep(0)  # the driver tells its loggers a turn later
    finally:
        driver.remove_query_logger(listener.by_driver)
        event.remove(bind.sync_connection, "before_cursor_execute", listener.by_session)
    assert answer.status_code < 300, answer.text
    return listener.statements
