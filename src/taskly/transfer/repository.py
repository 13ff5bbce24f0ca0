"""Every query about the rows of a workspace as they stand in its file."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, null, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.functions import coalesce

from taskly.cards.models import CardComment
from taskly.platform.db.rows import as_json
from taskly.platform.events.models import Event
from taskly.platform.tables import Base
from taskly.search.models import SavedView
from taskly.transfer.tables import IMPLIED, PEOPLE, TABLES, Exported

ROWS_AT_A_TIME = 200


async def rows_of(
    session: AsyncSession, exported: Exported, workspace_id: UUID
) -> AsyncIterator[list[str]]:
    """All rows of the workspace in a table, as JSON, some at a time, in an order that does not change."""
    keys = _order(exported)
    rows = select(*_columns(exported)).where(_in_workspace(exported, workspace_id))
    result = await session.stream(as_json(rows, *keys).execution_options(yield_per=ROWS_AT_A_TIME))
    async for part in result.partitions():
        yield [row[-1] for row in part]


def _columns(exported: Exported) -> Sequence[ColumnElement[Any]]:
    """What the file says of a row: of a placeholder, what the file said from which it came."""
    if exported.name != "users":
        return exported.columns
    told: Any = exported.table.c
    account = coalesce(told.file_github_id, told.github_id)
    # Who has joined since with the same account is that account's only owner in the file.
    owners = func.count(told.github_id).over(partition_by=account)
    is_other = told.file_github_id.is_not(None) & (owners > 0)
    said = {
        "github_id": case((is_other, null()), else_=account),
        "login": coalesce(told.file_login, told.login),
    }
    return [said[name].label(name) if name in said else told[name] for name in PEOPLE]


def _order(exported: Exported) -> list[str]:
    if exported.name == "events":
        return ["stream_id", "version"]
    return [each.name for each in exported.table.primary_key if each.name != IMPLIED]


def _in_workspace(exported: Exported, workspace_id: UUID) -> ColumnElement[bool]:
    table = exported.table
    if exported.name == "workspaces":
        return table.c.id == workspace_id
    if exported.name == "users":
        return table.c.id.in_(_people(workspace_id))
    shown = SavedView.shared if exported.name == "saved_views" else true()
    return (table.c[IMPLIED] == workspace_id) & shown


def _people(workspace_id: UUID) -> Any:
    """Everybody whom a row or an event of the workspace names."""
    named: list[Select[Any]] = [
        select(Event.actor_id).where(Event.workspace_id == workspace_id),
        select(func.unnest(CardComment.mention_ids)).where(
            CardComment.workspace_id == workspace_id
        ),
    ]
    users = Base.metadata.tables["users"]
    for exported in TABLES:
        for key in exported.table.foreign_keys:
            if key.column.table is users and key.parent.name not in exported.omitted:
                found = select(key.parent).where(_in_workspace(exported, workspace_id))
                named.append(found)
    return union(*named)
