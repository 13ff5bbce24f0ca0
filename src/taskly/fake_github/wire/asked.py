"""What the control API is asked."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from taskly.fake_github.wire.words import (
    CheckStatus,
    ClosedAs,
    Conclusion,
    FaultKind,
    MergeMethod,
    Permission,
    ReleaseOrder,
    Resource,
    StatusState,
    Verdict,
)


class Asked(BaseModel):
    """What is asked for; words that nobody knows are refused."""

    model_config = ConfigDict(extra="forbid")


class NewUser(Asked):
    """Somebody comes."""

    login: str = Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$")
    name: str | None = None
    email: str | None = None
    """The primary address; without one the account has none at all."""
    email_verified: bool = True
    kind: Literal["User", "Organization"] = "User"


class UserChange(Asked):
    """Somebody is called otherwise, or has another address. What is not given stays."""

    login: str | None = None
    name: str | None = None
    email: str | None = None
    email_verified: bool = True
    email_primary: bool = True


class NewToken(Asked):
    """A personal token, or with the client's id one that the application was given."""

    scopes: list[str] = ["repo", "admin:repo_hook", "read:user", "user:email"]
    client_id: str | None = None
    expires: bool = False


class NewRepository(Asked):
    """A repository with a first commit, unless `empty`."""

    owner: str
    name: str
    private: bool = False
    description: str | None = None
    default_branch: str = "main"
    empty: bool = False
    delete_branch_on_merge: bool = False
    collaborators: dict[str, Permission] = {}


class RepositoryChange(Asked):
    """A repository is renamed, moved, archived and so on. What is not given stays."""

    name: str | None = None
    owner: str | None = None
    description: str | None = None
    default_branch: str | None = None
    private: bool | None = None
    archived: bool | None = None
    delete_branch_on_merge: bool | None = None
    has_issues: bool | None = None
    has_drafts: bool | None = None
    actor: str | None = None


class Access(Asked):
    """What somebody may do; None for no more than everybody."""

    permission: Permission | None


class RequiredChecks(Asked):
    """Checks that a branch requires, with the app that has to report each, if one has to."""

    checks: dict[str, int | None]
    by_ruleset: bool = False


class Act(Asked):
    """Who does it; the owner of the repository when nobody is named."""

    actor: str | None = None


class NewCommit(Asked):
    """A commit. Without files it adds one of its own; a file of None is removed.

    The author is the one who pushes, an account, or anybody with a name and an address.
    """

    message: str
    author: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    files: dict[str, str | None] | None = None


class NewPush(Act):
    """Commits for a branch, which is made when it is not there.

    A new branch starts at `start` (a branch or a commit; the default branch when not given). With
    `force` a known one starts there again, and what it had is gone.
    """

    branch: str
    commits: list[NewCommit] = []
    start: str | None = None
    force: bool = False


class NewTag(Act):
    """A tag, at a branch or a commit; at the default branch when not said otherwise."""

    name: str
    at: str | None = None


class NewPullRequest(Asked):
    """A pull request; into the default branch and by the owner when not said otherwise."""

    head: str
    title: str
    base: str | None = None
    body: str | None = None
    draft: bool = False
    author: str | None = None


class PullRequestChange(Act):
    """Another title, text or base."""

    title: str | None = None
    body: str | None = None
    base: str | None = None


class Merge(Act):
    """How to merge; the branch is deleted afterwards as the repository says, if not said here."""

    method: MergeMethod = "merge"
    delete_branch: bool | None = None


class NewReview(Asked):
    """A verdict on a pull request."""

    author: str
    verdict: Verdict = "APPROVE"
    body: str = ""


class ReviewersChange(Act):
    """Who is asked for a review, or no longer."""

    reviewers: list[str]
    asked: bool = True


class NewCheckRun(Act):
    """A check of a commit, named by hash or branch; with a conclusion it is completed."""

    ref: str
    name: str
    status: CheckStatus = "queued"
    conclusion: Conclusion | None = None
    details_url: str | None = None


class CheckRunChange(Act):
    """What became of a check."""

    status: CheckStatus | None = None
    conclusion: Conclusion | None = None


class NewStatus(Act):
    """A status of a commit, named by hash or branch."""

    ref: str
    state: StatusState
    context: str = "default"
    description: str | None = None
    target_url: str | None = None


class NewComment(Asked):
    """Something said below a pull request or an issue."""

    author: str
    body: str


class NewMilestone(Asked):
    """A milestone by its title, made if it is new."""

    title: str
    due_on: datetime | None = None
    closed: bool = False


class IssueFields(Asked):
    """What an issue has. Labels have the colours that they get if they are new."""

    body: str | None = None
    labels: dict[str, str] | None = None
    assignees: list[str] | None = None
    milestone: NewMilestone | None = None


class NewIssue(IssueFields):
    """An issue; by the owner, open and without comments when not said otherwise."""

    title: str
    author: str | None = None
    closed_as: ClosedAs | None = None
    comments: list[NewComment] = []


class NewIssues(Asked):
    """Some issues, in the order of their numbers to be."""

    issues: list[NewIssue]


class IssueChange(IssueFields):
    """What is given changes; `closed_as` closes it, `reopened` opens it again."""

    title: str | None = None
    closed_as: ClosedAs | None = None
    reopened: bool = False


class NewFault(Asked):
    """Something goes wrong from now on.

    `times`: so often, else until cleared. `fraction`: only this part of the matches. Requests are
    matched by `path_prefix` (as at api.github.com: `/repos/…`, or `/login/oauth`), `method` and
    `login`; deliveries by `event`. `status` and `retry_after` go with `errors` and `limited`,
    `milliseconds` with `latency` and `delay_deliveries`.
    """

    kind: FaultKind
    times: int | None = Field(default=None, ge=1)
    fraction: float | None = Field(default=None, ge=0, le=1)
    path_prefix: str = ""
    method: str | None = None
    login: str | None = None
    event: str | None = None
    status: int | None = Field(default=None, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    milliseconds: int = Field(default=0, ge=0, le=600_000)


class Release(Asked):
    """Held deliveries go: all or the first so many, in this order."""

    order: ReleaseOrder = "first_in_first_out"
    count: int | None = Field(default=None, ge=0)


class Freeze(Asked):
    """Time stops, at `at` or now; each change moves it by `tick_seconds`."""

    at: datetime | None = None
    tick_seconds: float = Field(default=0, ge=0)


class Advance(Asked):
    """The clock moves, back when negative."""

    seconds: float


class NewBudget(Asked):
    """Somebody (`anonymous` for nobody) has just so many requests left until the reset."""

    login: str
    remaining: int = Field(default=0, ge=0)
    resets_in_seconds: float = Field(default=3600, gt=0)
    resource: Resource = "core"


class OAuthChange(Asked):
    """How the application signs people in. What is not given stays."""

    client_id: str | None = None
    """The application; the one that the program was started with when not given."""
    expiring_tokens: bool | None = None
    callback_urls: list[str] | None = None


class NewApp(Asked):
    """A GitHub App."""

    owner: str
    name: str
    permissions: dict[str, str] = {}
    events: list[str] = []
    webhook_url: str | None = None
    webhook_secret: str | None = None
    callback_urls: list[str] = []


class NewInstallation(Asked):
    """An app on an account, for all its repositories or these (`owner/name`)."""

    account: str
    repositories: list[str] | None = None


class ChosenRepositories(Asked):
    """What an installation sees: all repositories of its account, or these (`owner/name`)."""

    repositories: list[str] | None = None


class AppChange(Asked):
    """What an app asks for from now on."""

    permissions: dict[str, str]


class Reset(Asked):
    """Everything is forgotten; chance begins again at the seed."""

    seed: int | None = None
