"""Board snapshots, cached by version.

A version never changes, so nothing is ever invalidated: what the cache holds of a board is of the version
that is asked for, or it is of no use. First the process's own memory, then Redis, then PostgreSQL.
"""

from collections import OrderedDict
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import HTTPConnection

from taskly.boards.models import BoardAccess
from taskly.boards.repository import SnapshotQuery
from taskly.platform.db.session import Database
from taskly.platform.db.turns import Turns
from taskly.platform.http.problems import NotFound

log = structlog.get_logger()

MEMORY_BYTES = 32 * 1024 * 1024
REDIS_SECONDS = 60
"""Processes that want the same version want it at about the same time."""
VERSION_BYTES = 8

Snapshot = tuple[int, bytes]


class Snapshots:
    """Reads boards as JSON. One per process."""

    def __init__(self, query: SnapshotQuery, database: Database, redis: Redis) -> None:
        self.query = query
        self._database = database
        self._redis = redis
        self._memory: OrderedDict[UUID, Snapshot] = OrderedDict()
        self._bytes = 0
        self._turns = Turns(database.wait_seconds)

    @property
    def shape(self) -> str:
        """Names what a snapshot is made of; another release of Taskly may show more at the same version."""
        return self.query.shape

    async def read(self, board: BoardAccess) -> Snapshot:
        """The board's version and snapshot: the version that was authorised, or a newer one.

        Raises:
            NotFound: the board went in this moment.
            Unavailable: it takes too long, because too many wait or PostgreSQL does not answer.
        """
        held = self._memory.get(board.id)
        if held is not None and held[0] >= board.version:
            self._memory.move_to_end(board.id)
            return held
        # After a change everybody asks at once: one asks PostgreSQL, the others wait for the answer.
        async with self._turns.take(board.id):
            held = self._memory.get(board.id)
            if held is None or held[0] < board.version:
                held = await self._from_redis(board) or await self._from_database(board)
                self._keep(board.id, held)
        return held

    async def _from_database(self, board: BoardAccess) -> Snapshot:
        async with self._database.reading() as session:
            snapshot = await self.query.read(session, board.id)
        if snapshot is None:
            raise NotFound
        try:
            version, body = snapshot
            stored = version.to_bytes(VERSION_BYTES) + body
            await self._redis.set(self._key(board.id), stored, ex=REDIS_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("snapshot.not_cached", board_id=str(board.id), error=repr(error))
        return snapshot

    async def _from_redis(self, board: BoardAccess) -> Snapshot | None:
        try:
            found = await self._redis.get(self._key(board.id))
        except (RedisError, OSError) as error:
            log.warning("snapshot.cache_unavailable", board_id=str(board.id), error=repr(error))
            return None
        if not isinstance(found, bytes):
            return None
        version = int.from_bytes(found[:VERSION_BYTES])
        return (version, found[VERSION_BYTES:]) if version == board.version else None

    def _key(self, board_id: UUID) -> str:
        """One for each board, so that a busy one does not fill Redis with its versions."""
        return f"board:{self.shape}:{board_id}"

    def _keep(self, board_id: UUID, snapshot: Snapshot) -> None:
        replaced = self._memory.pop(board_id, None)
        if replaced is not None:
            self._bytes -= len(replaced[1])
            if replaced[0] > snapshot[0]:
                snapshot = replaced
        self._memory[board_id] = snapshot
        self._bytes += len(snapshot[1])
        while self._bytes > MEMORY_BYTES and len(self._memory) > 1:
            _, dropped = self._memory.popitem(last=False)
            self._bytes -= len(dropped[1])


async def _snapshots_of(connection: HTTPConnection) -> Snapshots:
    snapshots: Snapshots = connection.app.state.snapshots
    return snapshots


BoardSnapshots = Annotated[Snapshots, Depends(_snapshots_of)]


async def _query_of(snapshots: BoardSnapshots) -> SnapshotQuery:
    return snapshots.query


BoardQuery = Annotated[SnapshotQuery, Depends(_query_of)]
"""For what reads a board's present from the database itself."""
