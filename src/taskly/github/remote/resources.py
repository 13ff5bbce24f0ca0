"""GitHub's objects, as its webhooks and its API show them: only what we use, read tolerantly.

Unknown fields pass. What may be missing has a default, so that no message is lost for it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from taskly.github.models import BODY_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, TITLE_LENGTH, URL_LENGTH
from taskly.github.rules.checks import Check, CheckKind, run_state, status_state
from taskly.github.rules.facts import Commit, Identity, Mergeability, PullRequest, Size
from taskly.github.rules.reviews import Review, ReviewState

GHOST = "ghost"
"""What GitHub shows in place of somebody whose account is gone."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _storable(value: Any, limit: int) -> Any:
    """Text without NUL, which PostgreSQL does not store, and not longer than its column."""
    if value is None:
        return ""
    return value.replace("\x00", "")[:limit] if isinstance(value, str) else value


def _link(value: Any) -> Any:
    """An address that a page may link to: checks and statuses bring addresses of anybody's making."""
    if not isinstance(value, str):
        return value
    is_web = value.lower().startswith(("https://", "http://"))
    return _storable(value, URL_LENGTH) if is_web else None


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Name = Annotated[str, BeforeValidator(lambda value: _storable(value, NAME_LENGTH))]
Key = Annotated[Name, Field(min_length=1)]
"""What tells a thing from others: a ref, a commit's hash. A message without it says nothing."""
Title = Annotated[str, BeforeValidator(lambda value: _storable(value, TITLE_LENGTH))]
Body = Annotated[str, BeforeValidator(lambda value: _storable(value, BODY_LENGTH))]
Message = Annotated[str, BeforeValidator(lambda value: _storable(value, MESSAGE_LENGTH))]
Url = Annotated[str | None, BeforeValidator(_link)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]
Number = Annotated[int, Field(gt=0, lt=2**63)]


class GitHubObject(BaseModel):
    """Base of all of GitHub's objects."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(GitHubObject):
    """A person, bot or organisation."""

    id: Number
    login: Name


class RepositoryObject(GitHubObject):
    """A repository."""

    id: Number
    name: Key
    owner: Account
    private: bool = False
    has_issues: bool = True
    default_branch: Name = ""
    master_branch: Name = ""
    permissions: dict[str, bool] = {}
    archived: bool = False
    pushed_at: Moment | None = None
    updated_at: Moment | None = None

    @property
    def full_name(self) -> str:
        """What GitHub calls it: `owner/name`."""
        return f"{self.owner.login}/{self.name}"

    def identity(self, *, gone: bool = False, asked: bool = False) -> Identity:
        """Name, default branch and visibility, with their time."""
        return Identity(
            owner=self.owner.login,
            name=self.name,
            default_branch=self.default_branch or self.master_branch or "main",
            private=self.private,
            as_of=self.updated_at or LONG_AGO,
            archived=self.archived,
            gone=gone,
            asked=asked,
        )


class _HeadRepository(GitHubObject):
    id: Number
    owner: Account | None = None


class _End(GitHubObject):
    """The head or the base of a pull request."""

    ref: Key
    sha: Name = ""
    user: Account | None = None
    repo: _HeadRepository | None = None


class PullRequestObject(GitHubObject):
    """A pull request. Lists, reviews and old servers leave some of it out."""

    id: Number
    number: int = Field(gt=0, lt=2**31)
    state: str
    title: Title = ""
    body: Body = ""
    html_url: Url = None
    user: Account | None = None
    draft: bool | None = None
    head: _End
    base: _End
    requested_reviewers: list[Account | None] | None = None
    requested_teams: list[dict[str, Any]] | None = None
    created_at: Moment
    updated_at: Moment
    merged_at: Moment | None = None
    merged_by: Account | None = None
    merge_commit_sha: Name = ""
    """While it is open, a commit with which GitHub tries whether it could be merged."""
    additions: int | None = Field(default=None, ge=0, lt=2**31)
    deletions: int | None = Field(default=None, ge=0, lt=2**31)
    commits: int | None = Field(default=None, ge=0, lt=2**31)
    changed_files: int | None = Field(default=None, ge=0, lt=2**31)
    mergeable: bool | None = None
    mergeable_state: Name = ""

    def facts(self, *, asked: bool = False) -> PullRequest:
        """What it says."""
        return PullRequest(
            number=self.number,
            github_id=self.id,
            title=self.title,
            body=self.body,
            url=self.html_url or "",
            author=_login(self.user),
            author_id=None if self.user is None else self.user.id,
            head_branch=self.head.ref,
            head_sha=self.head.sha,
            head_fork=self._fork(),
            base_branch=self.base.ref,
            draft=bool(self.draft),
            closed=self.state != "open",
            requested_reviewers=self._requested(),
            opened_at=self.created_at,
            merged_at=self.merged_at,
            as_of=self.updated_at,
            asked=asked,
            merged_by=None if self.merged_by is None else self.merged_by.login,
            merge_sha=None if self.merged_at is None else self.merge_commit_sha or None,
            size=self._size(),
            commit_count=self.commits,
            mergeability=self._mergeability(),
        )

    def _fork(self) -> str | None:
        """Whose fork the head is in. A fork that was deleted is known by its owner alone."""
        head, base = self.head.repo, self.base.repo
        if head is not None and (base is None or head.id == base.id):
            return None
        owner = head.owner if head is not None else self.head.user
        return _login(owner)

    def _requested(self) -> tuple[str, ...]:
        people = [person.login for person in self.requested_reviewers or () if person is not None]
        teams = [str(team.get("slug") or team.get("name")) for team in self.requested_teams or ()]
        return tuple(sorted(people)) + tuple(sorted(f"team {name}"[:NAME_LENGTH] for name in teams))

    def _size(self) -> Size | None:
        if self.additions is None or self.deletions is None:
            return None
        return Size(self.additions, self.deletions, self.updated_at, self.changed_files)

    def _mergeability(self) -> Mergeability | None:
        is_known = self.mergeable is not None and self.mergeable_state not in {"", "unknown"}
        if self.state != "open" or self.mergeable is None or not is_known:
            return None
        return Mergeability(self.mergeable, self.mergeable_state, self.updated_at)


class ReviewObject(GitHubObject):
    """A review; the API writes its state in capitals, webhooks do not."""

    id: Number
    user: Account | None = None
    state: str
    submitted_at: Moment | None = None
    html_url: Url = None

    def facts(self, number: int) -> Review | None:
        """What it says; None if it counts for nothing: not submitted yet, or nobody's."""
        state = self.state.lower()
        if self.user is None or self.submitted_at is None or state not in set(ReviewState):
            return None
        return Review(
            number=number,
            reviewer_id=self.user.id,
            reviewer=self.user.login,
            state=ReviewState(state),
            github_id=self.id,
            submitted_at=self.submitted_at,
            url=self.html_url,
        )


class CommentObject(GitHubObject):
    """A comment on a pull request."""

    id: Number
    body: Body = ""


class _App(GitHubObject):
    id: Number | None = None
    slug: Name = ""
    name: Name = ""


class _CheckSuite(GitHubObject):
    updated_at: Moment | None = None


class CheckRunObject(GitHubObject):
    """A check run."""

    id: Number
    name: Name
    head_sha: Key
    status: str
    conclusion: Name | None = None
    html_url: Url = None
    details_url: Url = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    app: _App | None = None
    check_suite: _CheckSuite | None = None

    def facts(self) -> Check:
        """What it says."""
        suite = self.check_suite or _CheckSuite()
        return Check(
            head_sha=self.head_sha,
            kind=CheckKind.CHECK_RUN,
            app="" if self.app is None else self.app.slug or self.app.name,
            name=self.name,
            github_id=self.id,
            state=run_state(self.status, self.conclusion),
            conclusion=self.conclusion,
            url=self.html_url or self.details_url,
            as_of=self.completed_at or self.started_at or suite.updated_at or LONG_AGO,
            app_id=None if self.app is None else self.app.id,
        )


class StatusObject(GitHubObject):
    """A commit status."""

    id: Number
    context: Name = "default"
    state: Name
    target_url: Url = None
    updated_at: Moment | None = None
    created_at: Moment | None = None

    def facts(self, sha: str) -> Check:
        """What it says of the commit."""
        return Check(
            head_sha=sha,
            kind=CheckKind.STATUS,
            app="",
            name=self.context,
            github_id=self.id,
            state=status_state(self.state),
            conclusion=self.state,
            url=self.target_url,
            as_of=self.updated_at or self.created_at or LONG_AGO,
        )


class CheckRunList(GitHubObject):
    """Check runs as the API lists them."""

    check_runs: list[CheckRunObject] = []


class CombinedStatus(GitHubObject):
    """The newest statuses of a commit as the API lists them."""

    statuses: list[StatusObject] = []


class _Signature(GitHubObject):
    name: Name = ""
    username: Name = ""
    date: Moment | None = None


class PushedCommit(GitHubObject):
    """A commit in a push."""

    id: Key
    distinct: bool = True
    """Whether it has been in no push before: a merge brings others along that belong elsewhere."""
    message: Message = ""
    timestamp: Moment | None = None
    author: _Signature | None = None

    def facts(self) -> Commit:
        """What it says."""
        author = self.author or _Signature()
        return Commit(
            sha=self.id,
            message=self.message,
            author=author.username or author.name,
            committed_at=self.timestamp or LONG_AGO,
        )


class _CommitBody(GitHubObject):
    message: Message = ""
    author: _Signature | None = None
    committer: _Signature | None = None


class ListedCommit(GitHubObject):
    """A commit as the API lists it."""

    sha: Key
    commit: _CommitBody
    author: Account | None = None

    def facts(self) -> Commit:
        """What it says."""
        signature = self.commit.author or _Signature()
        return Commit(
            sha=self.sha,
            message=self.commit.message,
            author=signature.name if self.author is None else self.author.login,
            committed_at=signature.date or LONG_AGO,
        )

    @property
    def made_at(self) -> datetime:
        """When it was made as it is; its author may have written it long before."""
        signature = self.commit.committer or self.commit.author or _Signature()
        return signature.date or LONG_AGO


class ComparisonObject(GitHubObject):
    """What one commit has that another has not: a page of it."""

    status: str
    """`ahead`, `behind`, `diverged` or `identical`."""
    total_commits: int = Field(ge=0)
    """On all pages."""
    commits: list[ListedCommit]


class BranchObject(GitHubObject):
    """A branch as the API lists it."""

    name: Key


class _RefTarget(GitHubObject):
    sha: str


class RefObject(GitHubObject):
    """A branch or tag, and the commit that it points at."""

    ref: str
    object: _RefTarget


def _login(account: Account | None) -> str:
    return GHOST if account is None else account.login
