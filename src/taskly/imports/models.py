"""Table of boards that come from elsewhere."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, native_enum

FILE_NAME_LENGTH = 255
BY_COLUMN = "by_column"


class Source(enum.StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    JIRA = "jira"
    TRELLO = "trello"


class ImportState(enum.StrEnum):
    """How far it is."""

    PREVIEWED = "previewed"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    REMOVED = "removed"


class BoardImport(Identified, Base):
    """A file that was read, and the board that it became."""

    __tablename__ = "imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="SET NULL (board_id)",
            name="fk_imports_board",
        ),
        Index("ix_imports_workspace_id_id", "workspace_id", "id"),
        Index("ix_imports_workspace_id_board_id", "workspace_id", "board_id"),
        Index("ix_imports_workspace_id_file_hash", "workspace_id", "file_hash", "id"),
        Index("ix_imports_created_by", "created_by"),
        Index("ix_imports_created_at", "created_at"),
        CheckConstraint("char_length(file_name) <= 255", name="file_name_length"),
        CheckConstraint("octet_length(file_hash) = 32", name="file_hash_is_sha256"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="NO ACTION"))
    created_at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(native_enum(Source, "import_source"))
    file_name: Mapped[str]
    file_hash: Mapped[bytes]
    state: Mapped[ImportState] = mapped_column(native_enum(ImportState, "import_state"))
    board_name: Mapped[str]
    board_key: Mapped[str | None]
    people: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The member, or nobody, for each name of the file; forgotten with the plan."""
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """See `imports.sources.plan`; forgotten some time after the board was made."""
    found: Mapped[dict[str, Any]] = mapped_column("counts", JSONB)
    """How many there are of each kind, and under `BY_COLUMN` the columns."""
    notes: Mapped[list[Any]] = mapped_column(JSONB)
    job_id: Mapped[UUID | None]
    board_id: Mapped[UUID | None]
    board_version: Mapped[int | None]
    """The board's version when everything had come: what is later was done by people."""
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    problem: Mapped[str | None]
    finished_at: Mapped[datetime | None]

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        return {kind: count for kind, count in self.found.items() if kind != BY_COLUMN}

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns as they would be made, with how many cards they have."""
        return list(self.found.get(BY_COLUMN, ()))

    def forget_file(self) -> None:
        """Forget what was read, and whom it names."""
        self.plan, self.people = None, {}
        self.notes = [{**note, "examples": []} for note in self.notes]
