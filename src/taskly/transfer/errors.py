"""What can be wrong with a file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from taskly.platform.http.problems import Invalid

MOST_MISTAKES = 20
"""So many are named; more help nobody."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and where. No value of the file is shown."""

    line: int
    place: str
    what: str


class FileRefused(Exception):
    """The file can't be read in. Nothing was made."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        first = mistakes[0]
        where = f"line {first.line}, {first.place}" if first.line else first.place
        more = f" There are {len(mistakes)} mistakes." if len(mistakes) > 1 else ""
        super().__init__(f"{where}: {first.what}{more}")
        self.mistakes = mistakes

    def as_json(self) -> list[dict[str, Any]]:
        """The mistakes, as the API shows them."""
        return [asdict(each) for each in self.mistakes]


class NotAllCame(Exception):
    """Less was stored than the file has, or more: a piece of it is gone, or something is wrong with Taskly."""


class NoWorkspaceFile(Invalid):
    """The first line says that this is something else, or of a version that is not known here."""

    code, title = "no_workspace_file", "This is no file of a workspace that can be read here"
