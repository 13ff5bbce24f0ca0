"""Issues, and what is said below them, as GitHub's API lists them: only what we use, read tolerantly."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from taskly.github.remote.resources import (
    GHOST,
    Account,
    GitHubObject,
    Moment,
    Name,
    Number,
    Title,
    Url,
)

_COLOR = re.compile(r"[0-9a-f]{6}")


def _whole(value: Any) -> Any:
    """Text of any length without NUL, which PostgreSQL does not store."""
    return "" if value is None else value.replace("\x00", "") if isinstance(value, str) else value


def _as_object(value: Any) -> Any:
    """A label, of which old servers give the name alone."""
    return {"name": value} if isinstance(value, str) else value


Whole = Annotated[str, BeforeValidator(_whole)]


class LabelObject(GitHubObject):
    """A label of a repository."""

    name: Whole = ""
    color: Whole = ""

    @property
    def hex(self) -> str | None:
        """Its colour as we write it; None if it has none."""
        small = self.color.lower()
        return f"#{small}" if _COLOR.fullmatch(small) else None


class MilestoneObject(GitHubObject):
    """What issues are to be done for, and by when."""

    title: Whole = ""
    created_at: Moment
    due_on: Moment | None = None
    closed_at: Moment | None = None


class IssueObject(GitHubObject):
    """An issue, or the part of a pull request that it has in common with issues."""

    id: Number
    number: int = Field(gt=0, lt=2**31)
    state: Name
    state_reason: Name | None = None
    title: Title = ""
    body: Whole = ""
    html_url: Url = None
    user: Account | None = None
    labels: list[Annotated[LabelObject, BeforeValidator(_as_object)]] = []
    assignees: list[Account] | None = None
    milestone: MilestoneObject | None = None
    comments: int = 0
    created_at: Moment
    updated_at: Moment
    closed_at: Moment | None = None
    pull_request: dict[str, Any] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nobody is to work on it any more."""
        return self.state != "open"

    @property
    def author(self) -> str:
        """The login of who opened it."""
        return GHOST if self.user is None else self.user.login


class IssueCommentObject(GitHubObject):
    """What somebody said below an issue or a pull request."""

    id: Number
    issue_url: str
    user: Account | None = None
    body: Whole = ""
    created_at: Moment

    @property
    def number(self) -> int | None:
        """The number of what it is said below."""
        last = self.issue_url.rpartition("/")[2]
        return int(last) if last.isascii() and last.isdigit() and len(last) < 10 else None

    @property
    def author(self) -> str:
        """The login of who said it."""
        return GHOST if self.user is None else self.user.login
