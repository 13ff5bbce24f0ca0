"""Tables of files on their way in, and of what became of them."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, native_enum


class WorkspaceImportState(enum.StrEnum):
    """How far it is."""

    EXAMINING = "examining"
    PREVIEWED = "previewed"
    REFUSED = "refused"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    REMOVED = "removed"


AT_WORK = (WorkspaceImportState.EXAMINING, WorkspaceImportState.STARTED)
"""While a job has the file, or is about to."""


class WorkspaceImport(Identified, Base):
    """A file that somebody sent, and the workspace that it became. Its pieces are `upload_parts` of the same id."""

    __tablename__ = "workspace_imports"
    __table_args__ = (
        Index("ix_workspace_imports_created_by_file_hash", "created_by", "file_hash"),
        Index("ix_workspace_imports_workspace_id", "workspace_id"),
        CheckConstraint("octet_length(file_hash) = 32", name="file_hash_is_sha256"),
    )

    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    file_hash: Mapped[bytes]
    state: Mapped[WorkspaceImportState] = mapped_column(
        native_enum(WorkspaceImportState, "workspace_import_state")
    )
    workspace_name: Mapped[str | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    people: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The account here, or none, for logins of the file."""
    notes: Mapped[list[Any]] = mapped_column(JSONB)
    mistakes: Mapped[list[Any]] = mapped_column(JSONB)
    job_id: Mapped[UUID | None]
    workspace_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("workspaces.id", ondelete="SET NULL")
    )
    events: Mapped[int | None] = mapped_column(BigInteger)
    """How many the workspace's log had when everything had come: what is later was done by people."""
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    problem: Mapped[str | None]
    finished_at: Mapped[datetime | None]

    def forget_people(self) -> None:
        """Forget whom the file names."""
        self.people, self.notes = {}, []
        if self.receipt is not None:
            changes = [{**note, "examples": []} for note in self.receipt["changes"]]
            self.receipt = {**self.receipt, "changes": changes}


class UploadPart(Base):
    """A piece of a file that was sent, until a job has read it: a worker may run on another machine."""

    __tablename__ = "upload_parts"
    __table_args__ = (Index("ix_upload_parts_created_at", "created_at"),)

    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    created_at: Mapped[datetime]
