"""A board as it was: the log folded from whichever end is nearer."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.boards.repository import SnapshotQuery
from taskly.boards.snapshot_schema import BoardSnapshot
from taskly.history import repository
from taskly.history.errors import NotThen
from taskly.kit.json import loads
from taskly.platform.events.change import JsonObject, apply_change, revert_change
from taskly.platform.events.log import read_log
from taskly.platform.events.models import Event
from taskly.platform.http.problems import NotFound

LISTS = {
    "column": "columns",
    "label": "labels",
    "sprint": "sprints",
    "card": "cards",
    "branch": "branches",
    "pull_request": "pull_requests",
}
NOT_SAID: dict[str, JsonObject] = {
    "board": {"wip_policy": "warn"},
    "sprint": {"started_at": None, "completed_at": None},
    "card": {"blocker_ids": [], "checklist": [], "attachments": [], "comment_count": 0},
}
"""What older versions of Taskly did not write down, because there was nothing of the kind."""
PAGE = 1000

Things = dict[str, dict[str, JsonObject]]


async def board_at(
    session: AsyncSession, query: SnapshotQuery, board: BoardAccess, at: int | datetime
) -> BoardSnapshot:
    """The board as it was at a version or a time.

    Raises:
        NotThen: the board did not exist yet, or has no such version.
        NotFound: the board went in this moment.
    """
    version = at if isinstance(at, int) else await repository.version_at(session, board.id, at)
    if not 1 <= version <= board.version:
        raise NotThen(f"The board has the versions 1 to {board.version}.")
    if version > board.version // 2:
        things = await _from_present(session, query, board.id, version)
    else:
        things = await _from_beginning(session, board.id, version)
    return _shown(board, version, things)


async def _from_beginning(session: AsyncSession, board_id: UUID, version: int) -> Things:
    things: Things = {}
    async for event in _events(session, board_id, after=0):
        if event.version > version:
            break
        apply_change(things, event.data)
    return things


async def _from_present(
    session: AsyncSession, query: SnapshotQuery, board_id: UUID, version: int
) -> Things:
    """The present with everything after the version taken back, newest first."""
    found = await query.read(session, board_id)
    if found is None:
        raise NotFound
    present, body = found
    snapshot: JsonObject = loads(body)
    things: Things = {
        entity: {item["id"]: item for item in snapshot[name]} for entity, name in LISTS.items()
    }
    things["board"] = {snapshot["id"]: {name: snapshot[name] for name in _BOARD}}
    later = [
        event.data
        async for event in _events(session, board_id, after=version)
        if event.version <= present
    ]
    for data in reversed(later):
        revert_change(things, data)
    return things


async def _events(session: AsyncSession, board_id: UUID, *, after: int) -> AsyncIterator[Event]:
    while page := await read_log(session, board_id, after=after, limit=PAGE):
        for event in page:
            yield event
        after = page[-1].version


_BOARD = ("name", "key", "automation", "wip_policy", "archived_at")


def _shown(board: BoardAccess, version: int, things: Things) -> BoardSnapshot:
    lists: dict[str, Any] = {
        name: [{**NOT_SAID.get(entity, {}), **item} for item in things.get(entity, {}).values()]
        for entity, name in LISTS.items()
    }
    lists["columns"].sort(key=lambda item: item["rank"].encode())
    lists["cards"].sort(key=lambda item: (item["column_id"], item["rank"].encode()))
    lists["sprints"].sort(key=lambda item: (item["starts_on"], item["id"]))
    for name in ("labels", "branches", "pull_requests"):
        lists[name].sort(key=lambda item: item["id"])
    own = {**NOT_SAID["board"], **things["board"][str(board.id)]}
    return BoardSnapshot.model_validate(
        {"id": board.id, "workspace_id": board.workspace_id, "version": version, **own, **lists}
    )
