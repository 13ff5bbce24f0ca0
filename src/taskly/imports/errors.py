"""What can go wrong with boards from elsewhere."""

from typing import Self
from uuid import UUID

from taskly.platform.http.problems import Conflict, Invalid

BROKE_OFF = (
    "The work broke off several times and was given up; nothing was made. Start it again, or ask whoever runs "
    "this installation to look at the job."
)
"""What an import says whose job has died; why it did stands in the job."""


ISSUES_BROKE_OFF = (
    "The work broke off several times and was given up. What came until then is in the receipt; start it again, and "
    "it goes on where it was, or ask whoever runs this installation to look at the job."
)
"""The same of an import of issues."""


class ImportFileInvalid(Invalid):
    """The file is not what it was said to be."""

    code, title = "import_file_invalid", "The file can't be read"


class ImportNotReady(Conflict):
    """An import is not in the state for this."""

    code, title = "import_not_ready", "The import is past this, or not there yet"


class ImportChangedSince(Conflict):
    """People have worked on the board or in the workspace that came."""

    code, title = "import_changed_since", "What came was changed since"


class ImportedAlready(Conflict):
    """What was made of the same file is there."""

    code, title = "imported_already", "This file was imported already"

    @classmethod
    def by(cls, import_id: UUID, what: str) -> Self:
        """A board or a workspace was made of it by this import."""
        return cls(
            f"Import {import_id} makes a {what} of this file. Delete that import, or start with `again=true`.",
            import_id=str(import_id),
        )
