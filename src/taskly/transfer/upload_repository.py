"""Every query about files on their way in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.transfer.models import AT_WORK, UploadPart, WorkspaceImport


async def part(session: AsyncSession, upload_id: UUID, position: int) -> bytes | None:
    """A piece of a file; None after the last."""
    content: bytes | None = await session.scalar(
        select(UploadPart.content).where(
            UploadPart.upload_id == upload_id, UploadPart.position == position
        )
    )
    return content


async def size(session: AsyncSession, upload_id: UUID) -> int:
    """How many bytes there are of a file."""
    query = select(func.sum(func.octet_length(UploadPart.content)))
    return int(await session.scalar(query.where(UploadPart.upload_id == upload_id)) or 0)


async def has_file(session: AsyncSession, upload_id: UUID) -> bool:
    """Whether a file is still there."""
    query = select(UploadPart.position).where(UploadPart.upload_id == upload_id).limit(1)
    return await session.scalar(query) is not None


async def forget_upload(session: AsyncSession, upload_id: UUID) -> None:
    """Delete a file."""
    await session.execute(delete(UploadPart).where(UploadPart.upload_id == upload_id))


async def forget_parts(session: AsyncSession, before: datetime, *, limit: int) -> int:
    """Delete pieces that came before a time, unless a job is at work on their file; how many went."""
    is_read = exists().where(
        WorkspaceImport.id == UploadPart.upload_id, WorkspaceImport.state.in_(AT_WORK)
    )
    old = select(UploadPart.upload_id, UploadPart.position).where(
        UploadPart.created_at < before, ~is_read
    )
    chosen = old.order_by(UploadPart.created_at).limit(limit).subquery()
    result = await session.execute(
        delete(UploadPart)
        .where(UploadPart.upload_id == chosen.c.upload_id, UploadPart.position == chosen.c.position)
        .execution_options(synchronize_session=False)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0
