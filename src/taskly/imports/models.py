"""Table of boards that come from elsewhere."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, native_enum

FILE_NAME_LENGTH = 255
BY_COLUMN, LABELS, SPRINTS = "by_column", "new_labels", "new_sprints"


class Source(enum.StrEnum):
    """What kind of file it is, or where else it comes from."""

    CSV = "csv"
    GITHUB = "github"
    """The issues of a repository, for a board that is there."""
    JIRA = "jira"
    TRELLO = "trello"


class ImportState(enum.StrEnum):
    """How far it is."""

    READING = "reading"
    """A job asks GitHub what there is."""
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
    """See `imports.sources.plan`, and of issues `imports.issues.plan`; forgotten some time after the board was made."""
    found: Mapped[dict[str, Any]] = mapped_column("counts", JSONB)
    """How many there are of each kind, and lists: the columns, and of issues the labels and sprints to be made."""
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
        return {kind: count for kind, count in self.found.items() if isinstance(count, int)}

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns as they would be made, with how many cards they have."""
        return list(self.found.get(BY_COLUMN, ()))

    @property
    def new_labels(self) -> list[dict[str, Any]]:
        """The labels that the board does not have."""
        return list(self.found.get(LABELS, ()))

    @property
    def new_sprints(self) -> list[dict[str, Any]]:
        """The sprints that the board does not have."""
        return list(self.found.get(SPRINTS, ()))

    def fail(self, reason: str, at: datetime) -> None:
        """Say why it came to nothing, or to no more than this."""
        self.state, self.problem, self.finished_at = ImportState.FAILED, reason[:500], at

    def forget_file(self) -> None:
        """Forget what was read, and whom it names."""
        self.plan, self.people = None, {}
        self.notes = [{**note, "examples": []} for note in self.notes]


class ImportedIssue(Base):
    """An issue of GitHub that became a card: the workspace has it once, on whichever board the card is."""

    __tablename__ = "imported_issues"
    __table_args__ = (
        Index("ix_imported_issues_number", "workspace_id", "repository_github_id", "number"),
        Index("ix_imported_issues_card_id", "card_id"),
        Index("ix_imported_issues_import_id", "import_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    repository_github_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    issue_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Both as GitHub has them; they outlive names."""
    number: Mapped[int]
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    """The import that made the card."""
    seen_at: Mapped[datetime]
    """When the issue was last changed at GitHub, as far as the card says."""
    comment_id: Mapped[int | None] = mapped_column(BigInteger)
    """The last comment that came."""
