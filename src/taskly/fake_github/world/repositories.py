"""Repositories and who may do what in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.checks import CheckRun, CheckSuite, CommitStatus
from taskly.fake_github.world.commits import Commit
from taskly.fake_github.world.hooks import Hook
from taskly.fake_github.world.pull_requests import Issue, Label, Milestone, PullRequest

Permission = Literal["admin", "maintain", "push", "triage", "pull"]

# From the least to the most: each one includes those before it.
PERMISSIONS: tuple[Permission, ...] = ("pull", "triage", "push", "maintain", "admin")


@dataclass(frozen=True)
class RequiredChecks:
    """Checks by name that a branch requires, some of an app; by a ruleset, else by the protection of the branch."""

    names: dict[str, int | None]
    by_ruleset: bool


@dataclass(eq=False)
class Repository:
    """A repository with everything in it."""

    id: int
    owner: Account
    name: str
    private: bool
    default_branch: str
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime
    description: str | None = None
    homepage: str | None = None
    archived: bool = False
    delete_branch_on_merge: bool = False
    has_drafts: bool = True
    """Free plans have no drafts in private repositories."""
    collaborators: dict[int, Permission] = field(default_factory=dict)
    protected_branches: set[str] = field(default_factory=set)
    required_checks: dict[str, RequiredChecks] = field(default_factory=dict)
    """What has to pass before something is merged, by branch."""
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: list[Label] = field(default_factory=list)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    """By their titles, which are their own."""
    has_issues: bool = True
    hooks: dict[int, Hook] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[CommitStatus] = field(default_factory=list)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever committed."""
        return not self.commits

    def next_number(self) -> int:
        """The next number; issues and pull requests share one row of numbers."""
        self.last_number += 1
        return self.last_number

    def pull_requests(self) -> Iterator[PullRequest]:
        """All pull requests, oldest first."""
        return (issue for issue in self.issues.values() if isinstance(issue, PullRequest))

    def pull_request(self, number: int) -> PullRequest | None:
        """The pull request with this number."""
        issue = self.issues.get(number)
        return issue if isinstance(issue, PullRequest) else None

    def open_pull_requests(self) -> list[PullRequest]:
        """Those that wait to be merged."""
        return [pull for pull in self.pull_requests() if pull.is_open]

    def sha_of(self, name: str) -> str | None:
        """The commit that a branch, a tag, a ref or a (shortened) hash stands for."""
        short = name.removeprefix("refs/")
        kind, _, rest = short.partition("/")
        if kind in {"heads", "tags"} and short not in self.branches:
            return (self.tags if kind == "tags" else self.branches).get(rest)
        found = self.branches.get(short) or self.tags.get(short)
        if found is None and len(name) >= 7:
            found = next((sha for sha in self.commits if sha.startswith(name)), None)
        return found

    def permission_of(self, account: Account | None) -> Permission | None:
        """What the account may do here at most; None: it may not even see the repository."""
        least: Permission | None = None if self.private else "pull"
        if account is None:
            return least
        if account.id == self.owner.id:
            return "admin"
        return self.collaborators.get(account.id, least)

    def allows(self, account: Account | None, wanted: Permission) -> bool:
        """Whether the account has at least this permission."""
        permission = self.permission_of(account)
        return permission is not None and PERMISSIONS.index(permission) >= PERMISSIONS.index(wanted)
