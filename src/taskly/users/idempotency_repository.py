"""Every query about answers that are kept for repeated requests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.driver import Row, RowReader
from taskly.users.models import IdempotencyKey


async def kept_answer(
    hot: RowReader, user_id: UUID, key: str, *, made_after: datetime
) -> Row | None:
    """The row of a person's key, unless it is too old."""
    rows = await hot.fetch_rows(
        "SELECT request_hash, answer FROM idempotency_keys "
        "WHERE user_id = $1 AND key = $2 AND created_at > $3",
        user_id,
        key,
        made_after,
    )
    return rows[0] if rows else None


async def keep_answer(
    session: AsyncSession, made: IdempotencyKey, *, replace_until: datetime
) -> bool:
    """Store the row, in the place of one that is too old; False if there is a younger one.

    Waits for a transaction that has just stored the same key.
    """
    values = {
        "user_id": made.user_id,
        "key": made.key,
        "request_hash": made.request_hash,
        "answer": made.answer,
        "created_at": made.created_at,
    }
    statement = (
        insert(IdempotencyKey)
        .values(values)
        .on_conflict_do_update(
            index_elements=["user_id", "key"],
            set_=values,
            where=IdempotencyKey.created_at <= replace_until,
        )
        .returning(IdempotencyKey.key)
    )
    return (await session.execute(statement)).first() is not None


async def purge_answers(session: AsyncSession, *, made_until: datetime, limit: int) -> int:
    """Delete the oldest answers; how many."""
    old = (
        select(IdempotencyKey.user_id, IdempotencyKey.key)
        .where(IdempotencyKey.created_at <= made_until)
        .order_by(IdempotencyKey.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .subquery()
    )
    deleted = await session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.user_id == old.c.user_id, IdempotencyKey.key == old.c.key)
        .returning(IdempotencyKey.key)
    )
    return len(deleted.all())
