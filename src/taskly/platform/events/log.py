"""The event log: one row per change, in the gapless order of its stream.

A stream is a board or a workspace. Its head is the `version` column of the board's or workspace's own
row; whoever holds that row's lock may append. `LogWriter` collects the changes of one transaction and
writes them, with the new heads, in one statement per stream just before the commit; very many in several, or
earlier, where somebody would have to wait for them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, TextClause, cast, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.kit.ids import new_id
from taskly.kit.json import dumps
from taskly.platform.context import Actor, origin
from taskly.platform.driver import DriverStatement, RowReader
from taskly.platform.events.change import Change
from taskly.platform.events.models import Event, StreamKind
from taskly.platform.tables import Base

READ_BYTES = 1024 * 1024
"""About as much as is read of the log at a time: an event may hold two long descriptions."""

WRITTEN_AT_A_TIME = 500
"""So many events one statement stores: making it takes the process milliseconds, in which it does nothing else."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A board or a workspace as a sequence of versions."""

    kind: StreamKind
    id: UUID
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Recorded:
    """A change with its place in the log: what is stored, published and read back."""

    id: UUID
    stream: Stream
    version: int
    type: str
    card_id: UUID | None
    actor: Actor
    operation_id: UUID
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Rider:
    """A statement that stores what a change changes, in the same round trip as the change itself.

    `sql` is one UPDATE or DELETE of our own that ends with its WHERE clause; the names of its parameters
    begin with `ride_`.
    """

    sql: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold when a change is stored that was decided with nothing locked.

    `sql` is a query of our own that has a row if it holds; the names of its parameters begin with `if_`. It
    selects from `held`, which is the stream's head once it is locked. What the query locks is read again
    after that, as it may have changed while the head was waited for.
    """

    sql: str
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class _Head:
    stream: Stream
    stored: int
    pending: list[Recorded] = field(default_factory=list)
    written: int = 0
    """How many of those are stored already."""
    rider: Rider | None = None

    @property
    def version(self) -> int:
        return self.stored + len(self.pending)


class LogWriter:
    """Collects the changes of one transaction. Belongs to a `Transaction`; services use that."""

    def __init__(self, *, actor: Actor, operation_id: UUID, at: datetime) -> None:
        self.actor = actor
        self.operation_id = operation_id
        self.at = at
        """The time of what is recorded from now on."""
        self.reason: Mapping[str, Any] | None = None
        """Why all of this is done, for changes that have no reason of their own."""
        self._heads: dict[UUID, _Head] = {}

    def hold(self, stream: Stream, version: int) -> None:
        """Tell the writer that this transaction holds the lock of the stream's head, at `version`."""
        self._heads.setdefault(stream.id, _Head(stream, version))

    def holds(self, stream_id: UUID) -> bool:
        """Whether the stream's head is locked by this transaction."""
        return stream_id in self._heads

    def version(self, stream_id: UUID) -> int:
        """The stream's version as it will be after the commit."""
        return self._heads[stream_id].version

    def record(self, stream_id: UUID, change: Change) -> int:
        """Append a change to a held stream; returns the version that it makes.

        Raises:
            LookupError: the stream's head is not held, so the order would not be guaranteed.
        """
        head = self._heads.get(stream_id)
        if head is None:
            raise LookupError(f"{change.type}: lock the stream {stream_id} before recording in it")
        data = change.as_json()
        recorded = Recorded(
            id=new_id(),
            stream=head.stream,
            version=head.version + 1,
            type=change.type,
            card_id=change.card_id,
            actor=self.actor,
            operation_id=self.operation_id,
            data={"reason": self.reason, **data} if self.reason is not None else data,
            at=self.at,
        )
        head.pending.append(recorded)
        return recorded.version

    def ride(self, stream_id: UUID, rider: Rider) -> None:
        """Send a statement along with what was recorded in the stream last; for the hottest paths only.

        Raises:
            LookupError: nothing is left to be stored in the stream, or another statement rides along already.
        """
        head = self._heads[stream_id]
        if head.written == len(head.pending):
            raise LookupError("a statement rides along with a change: record that first")
        if head.rider is not None:
            raise LookupError("one statement can ride along, not two: unload the first")
        head.rider = rider

    async def unload(self, session: AsyncSession) -> None:
        """Store at once what was to ride along, for a transaction that goes on to read it."""
        for head in self._heads.values():
            if head.rider is not None:
                await session.execute(text(head.rider.sql), dict(head.rider.parameters))
                head.rider = None

    @property
    def recorded(self) -> list[Recorded]:
        """All changes so far, stream by stream, in the order of their versions."""
        return [recorded for head in self._heads.values() for recorded in head.pending]

    async def write(self, session: AsyncSession, request_id: str | None) -> None:
        """Store what was recorded and move the heads on.

        Raises:
            LookupError: a stream's head is gone, so what was recorded in it can't be stored.
        """
        for head in self._heads.values():
            await _append(session, head, request_id)

    async def write_one(
        self, session: AsyncSession, stream_id: UUID, request_id: str | None
    ) -> None:
        """Store what was recorded in one stream so far; `write` stores what follows.

        Raises:
            LookupError: the stream's head is gone.
        """
        await _append(session, self._heads[stream_id], request_id)

    async def write_if_current(
        self, writer: RowReader, request_id: str | None, provided: Condition
    ) -> bool:
        """The same for the one stream of this log, whose lock nobody holds.

        False if its head has moved on since it was read, or what was provided does not hold; then nothing
        is stored.
        """
        [head] = self._heads.values()
        rider = None if head.rider is None else head.rider.sql
        statement = _guarded(head.stream.kind, rider, provided.sql)
        parameters = {
            **_parameters(head.stream, head.pending, head.rider, request_id),
            **provided.parameters,
            "stored": head.stored,
        }
        return bool(await writer.fetch_rows(statement.sql, *statement.arguments(parameters)))


async def lock_stream(session: AsyncSession, kind: StreamKind, stream_id: UUID) -> int | None:
    """Lock a stream's head row until the transaction ends; its version, or None if it is gone.

    Lock boards before workspaces' and cards' rows, several boards in the order of their ids.
    """
    head = _head_table(kind)
    return await session.scalar(
        select(head.c.version).where(head.c.id == stream_id).with_for_update(key_share=True)
    )


async def read_heads(
    session: AsyncSession, kind: StreamKind, stream_ids: Collection[UUID]
) -> dict[UUID, int]:
    """The present versions of some streams of a kind; those that are gone are left out."""
    head = _head_table(kind)
    rows = await session.execute(
        select(head.c.id, head.c.version).where(head.c.id.in_(list(stream_ids)))
    )
    return {row.id: row.version for row in rows}


async def read_log(
    session: AsyncSession, stream_id: UUID, *, after: int, limit: int
) -> Sequence[Event]:
    """The events of a stream that follow version `after`, oldest first: as many as `limit`, or as make
    up `READ_BYTES`, but one at least. Ask again for those that follow.
    """
    size = func.octet_length(cast(Event.data, Text))
    following = (
        select(Event, size.label("size"))
        .where(Event.stream_id == stream_id, Event.version > after)
        .order_by(Event.version)
        .limit(limit)
        .subquery()
    )
    before = func.sum(following.c.size).over(order_by=following.c.version) - following.c.size
    weighed = select(following, before.label("before")).subquery()
    events = aliased(Event, weighed)
    rows = await session.scalars(
        select(events).where(weighed.c.before < READ_BYTES).order_by(weighed.c.version)
    )
    return rows.all()


def from_row(row: Event) -> Recorded:
    """The recorded change behind a row of the log."""
    return Recorded(
        id=row.id,
        stream=Stream(row.stream_kind, row.stream_id, row.workspace_id),
        version=row.version,
        type=row.type,
        card_id=row.card_id,
        actor=Actor(row.actor_kind, row.actor_id),
        operation_id=row.operation_id,
        data=row.data,
        at=row.created_at,
    )


def _head_table(kind: StreamKind) -> Table:
    return Base.metadata.tables[f"{kind.value}s"]


_APPEND = """
WITH {guard} head AS (
    UPDATE {table} SET version = :head, updated_at = :at
    WHERE id = :stream_id {guarded}
    RETURNING id
){rider}
INSERT INTO events (
    id, stream_kind, stream_id, version, workspace_id, card_id, type,
    actor_kind, actor_id, operation_id, request_id, data, created_at
)
SELECT
    added.id, CAST(:kind AS stream_kind), head.id, added.version, :workspace_id, added.card_id,
    added.type, CAST(:actor_kind AS actor_kind), :actor_id, :operation_id, :request_id,
    added.data::jsonb, added.at
FROM head, unnest(
    CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:card_ids AS uuid[]),
    CAST(:types AS text[]), CAST(:datas AS text[]), CAST(:ats AS timestamptz[])
) AS added (id, version, card_id, type, data, at)
RETURNING version
"""


_AUDIT = """, audit AS (
    INSERT INTO audit_entries (
        id, workspace_id, type, actor_kind, actor_id, address, user_agent, request_id, created_at
    )
    SELECT
        added.id, :workspace_id, added.type, CAST(:actor_kind AS actor_kind), :actor_id, :address,
        :user_agent, :request_id, added.at
    FROM head, unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:ats AS timestamptz[]))
        AS added (id, type, at)
)"""
"""What a workspace's stream tells is what its audit log tells, and besides that from where it was done."""


_GUARD = """held AS MATERIALIZED (
    SELECT id FROM {table} WHERE id = :stream_id AND version = :stored FOR NO KEY UPDATE
), provided AS MATERIALIZED ({provided}),"""


def _sql(kind: StreamKind, rider: str | None, provided: str | None = None) -> str:
    table, guard, guarded = f"{kind.value}s", "", ""
    if provided is not None:
        guard = _GUARD.format(table=table, provided=provided)
        guarded = "AND EXISTS (SELECT FROM provided)"
    along = "" if rider is None else f", rider AS ({rider} AND EXISTS (SELECT FROM head))"
    if kind is StreamKind.WORKSPACE:
        along += _AUDIT
    return _APPEND.format(table=table, guard=guard, guarded=guarded, rider=along)


@lru_cache(maxsize=64)
def _statement(kind: StreamKind, rider: str | None) -> TextClause:
    return text(_sql(kind, rider))


@lru_cache(maxsize=64)
def _guarded(kind: StreamKind, rider: str | None, provided: str) -> DriverStatement:
    return DriverStatement(_sql(kind, rider, provided))


async def _append(session: AsyncSession, head: _Head, request_id: str | None) -> None:
    rider, head.rider = head.rider, None
    for start in range(head.written, len(head.pending), WRITTEN_AT_A_TIME):
        part = head.pending[start : start + WRITTEN_AT_A_TIME]
        statement = _statement(head.stream.kind, None if rider is None else rider.sql)
        parameters = _parameters(head.stream, part, rider, request_id)
        stored = (await session.execute(statement, parameters)).all()
        if len(stored) != len(part):
            raise LookupError(f"the {head.stream.kind.value} {head.stream.id} is gone")
        head.written += len(part)
        rider = None


def _parameters(
    stream: Stream, pending: Sequence[Recorded], rider: Rider | None, request_id: str | None
) -> dict[str, Any]:
    first, last = pending[0], pending[-1]
    came = origin.get()
    audited = stream.kind is StreamKind.WORKSPACE
    return {
        **({"address": came.address, "user_agent": came.user_agent} if audited else {}),
        **({} if rider is None else rider.parameters),
        "head": last.version,
        "at": last.at,
        "stream_id": stream.id,
        "kind": stream.kind.value,
        "workspace_id": stream.workspace_id,
        "actor_kind": first.actor.kind.value,
        "actor_id": first.actor.user_id,
        "operation_id": first.operation_id,
        "request_id": request_id,
        "ids": [recorded.id for recorded in pending],
        "versions": [recorded.version for recorded in pending],
        "card_ids": [recorded.card_id for recorded in pending],
        "types": [recorded.type for recorded in pending],
        "datas": [dumps(recorded.data).decode() for recorded in pending],
        "ats": [recorded.at for recorded in pending],
    }
