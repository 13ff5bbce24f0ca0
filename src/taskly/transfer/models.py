"""Table of files on their way in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base


class UploadPart(Base):
    """A piece of a file that was sent, until a job has read it: a worker may run on another machine."""

    __tablename__ = "upload_parts"
    __table_args__ = (Index("ix_upload_parts_created_at", "created_at"),)

    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    created_at: Mapped[datetime]
