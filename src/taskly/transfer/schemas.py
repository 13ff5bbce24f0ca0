"""What the API shows of files that are read in."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from taskly.platform.http.schema import Response
from taskly.transfer.access import FileAccess
from taskly.transfer.models import WorkspaceImportState


class FileMistake(Response):
    """What is wrong with a file, and where. No value of the file is shown."""

    line: int = Field(examples=[12], description="0 is the file as a whole.")
    place: str = Field(examples=["cards.title"])
    what: str = Field(examples=["String should have at most 255 characters"])


class FileNote(Response):
    """Something that is not in the file, or that does not come over as it was."""

    kind: str = Field(examples=["placeholder"])
    about: str = Field(examples=["people"])
    count: int | None = Field(examples=[3], description="Null where the file does not say.")
    examples: list[str] = Field(examples=[["mona"]])
    why: str = Field(examples=["They have no account here."])


class FileReceipt(Response):
    """What the file had, and what the workspace has, table by table."""

    expected: dict[str, int] = Field(examples=[{"boards": 2, "cards": 120}])
    made: dict[str, int] = Field(examples=[{"boards": 2, "cards": 120}])
    differences: list[str] = Field(
        examples=[[]], description="The tables of which there are not as many; none if all came."
    )
    changes: list[FileNote] = Field(description="What is not as it was in the file.")


class WorkspaceImportResponse(Response):
    """A file of a workspace that was sent, what it comes to, and what became of it."""

    id: UUID
    state: WorkspaceImportState
    created_at: datetime
    workspace_name: str | None = Field(examples=["Payments"])
    counts: dict[str, int] = Field(
        examples=[{"boards": 2, "cards": 120}], description="How many rows the file has by table."
    )
    people: dict[str, UUID | None] = Field(
        examples=[{"mona": None}],
        description="Who of the file is somebody here, by login; null is a placeholder. 500 at most.",
    )
    notes: list[FileNote] = Field(description="What does not come over as it was.")
    mistakes: list[FileMistake] = Field(description="Why it was refused.")
    same_as: UUID | None = Field(
        description="An import of the same file, whose workspace is there or being made."
    )
    job_id: UUID | None = Field(description="`GET /jobs/{id}` tells how far it is.")
    workspace_id: UUID | None
    receipt: FileReceipt | None
    problem: str | None = Field(examples=[None])
    finished_at: datetime | None

    @classmethod
    def of(cls, access: FileAccess) -> "WorkspaceImportResponse":
        """The answer for a file."""
        ours = {"same_as": access.same_as, "workspace_id": access.workspace_id}
        shown = {name: getattr(access.row, name) for name in cls.model_fields if name not in ours}
        return cls(**shown, **ours)
