"""Every query with which a file becomes a workspace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.transfer.tables import Exported
from taskly.users.models import User


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who has an account here."""

    id: UUID
    github_id: int | None


async def people_here(
    session: AsyncSession, ids: Collection[UUID], github_ids: Collection[int]
) -> list[Known]:
    """Those who have one of these ids, here or at GitHub, and have not gone. They stay until the
    transaction ends.
    """
    query = (
        select(User)
        .where(or_(User.id.in_(ids), User.github_id.in_(github_ids)), User.deleted_at.is_(None))
        .order_by(User.id)
        .with_for_update(read=True, key_share=True)
    )
    return [Known(user.id, user.github_id) for user in await session.scalars(query)]


async def add_rows(
    session: AsyncSession, table: Exported, columns: Sequence[str], rows: str
) -> None:
    """Store rows as they stand in JSON; PostgreSQL reads the values."""
    names = ", ".join(f'"{column}"' for column in columns)
    statement = text(
        f'INSERT INTO "{table.name}" ({names}) SELECT {names} '  # noqa: S608 - names of our own
        f'FROM json_populate_recordset(NULL::"{table.name}", CAST(:rows AS json))'
    )
    await session.execute(statement, {"rows": rows})
