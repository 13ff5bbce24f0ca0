"""What is held of a repository, and how something told changes it.

GitHub tells things late, twice and out of order. Every kind of fact therefore has an order of its own,
taken from GitHub's times and never from the time of arrival: whichever way two facts come in, the same
one stays.
"""

import enum
from dataclasses import dataclass, field, replace
from datetime import datetime

from taskly.github.rules.checks import Check, RequiredCheck
from taskly.github.rules.reviews import Review
from taskly.kit.clock import earliest


class PullRequestState(enum.StrEnum):
    """Where a pull request stands."""

    OPEN = "open"
    DRAFT = "draft"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Size:
    """How much a pull request changes. Not every message of GitHub says it, so it has its own time."""

    additions: int
    deletions: int
    as_of: datetime
    changed_files: int | None = None


@dataclass(frozen=True, slots=True)
class Mergeability:
    """Whether a pull request can be merged, in GitHub's words, and when GitHub said so.

    GitHub finds that out when somebody asks, and it changes with the base branch, without a trace on the pull request.
    """

    mergeable: bool
    state: str
    """`clean`, `dirty`, `blocked`, `behind`, `unstable`, `draft`, `has_hooks`."""
    verified_at: datetime


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as GitHub described it at `as_of`, its `updated_at`, which counts seconds."""

    number: int
    github_id: int
    title: str
    body: str
    url: str
    author: str
    head_branch: str
    head_sha: str
    head_fork: str | None
    """Whose fork the branch is in; None when it is in the repository itself."""
    base_branch: str
    draft: bool
    closed: bool
    requested_reviewers: tuple[str, ...]
    opened_at: datetime
    merged_at: datetime | None
    as_of: datetime
    asked: bool = False
    """GitHub was asked for this, so it settles what deliveries of the same second leave open."""
    author_id: int | None = None
    """GitHub's id of the author's account. Old messages may leave it out, so what was told once is kept."""
    merged_by: str | None = None
    merge_sha: str | None = None
    """The commit of the base branch with which it came there; None until it is merged, and where that was not told."""
    size: Size | None = None
    mergeability: Mergeability | None = None
    """None while GitHub has not found out, and of those that are closed."""
    commit_count: int | None = None
    """How many commits it has; None if that was not told of this head and this base."""
    was_ready: bool = False
    """Anything ever told of it called it no draft. So it does not matter in which order it was told what."""

    drafted_at: datetime | None = None
    """The earliest moment of which it was told that it was a draft then."""
    ready_at: datetime | None = None
    """The earliest of which it was told that it was none. GitHub tells when that changes, so both are exact if all that
    it told arrived; where something is missing, it was so by then at the latest."""

    def __post_init__(self) -> None:
        if not self.draft:
            object.__setattr__(self, "was_ready", True)
        name = "drafted_at" if self.draft else "ready_at"
        object.__setattr__(self, name, earliest(getattr(self, name), self.as_of))

    @property
    def state(self) -> PullRequestState:
        """Where it stands."""
        if self.merged_at is not None:
            return PullRequestState.MERGED
        if self.closed:
            return PullRequestState.CLOSED
        return PullRequestState.DRAFT if self.draft else PullRequestState.OPEN

    @property
    def is_over(self) -> bool:
        """Whether it was closed or merged."""
        return self.closed or self.merged_at is not None

    @property
    def head(self) -> str:
        """The branch as GitHub labels it: with the owner in front when it is in a fork."""
        return (
            self.head_branch if self.head_fork is None else f"{self.head_fork}:{self.head_branch}"
        )


@dataclass(frozen=True, slots=True)
class Branch:
    """Whether a branch is there, as of the repository's last push."""

    name: str
    exists: bool
    as_of: datetime
    asked: bool = False
    """GitHub was asked, so it settles what deliveries of the same second leave open."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; it does not change."""

    sha: str
    message: str
    author: str
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Push:
    """Commits that came to a branch of the repository at a time, oldest first, without those that other branches had."""

    branch: str
    commits: tuple[Commit, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitList:
    """The commits of a pull request, as GitHub listed them when it was asked at a time."""

    number: int
    commits: tuple[Commit, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository is called and where it points, at `as_of`."""

    owner: str
    name: str
    default_branch: str
    private: bool
    as_of: datetime
    archived: bool = False
    """Read-only, until somebody unarchives it."""
    gone: bool = False
    """Deleted, which changes no time of GitHub's."""
    asked: bool = field(default=False, compare=False)
    """GitHub was asked for this, so it settles what deliveries of the same second leave open."""


@dataclass(frozen=True, slots=True)
class BaseBranch:
    """What has to pass before anything is merged into a branch, as GitHub answered when it was asked."""

    name: str
    required: tuple[RequiredCheck, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What one message of GitHub says."""

    pull_requests: tuple[PullRequest, ...] = ()
    reviews: tuple[Review, ...] = ()
    checks: tuple[Check, ...] = ()
    branches: tuple[Branch, ...] = ()
    pushed: Push | None = None
    listed: CommitList | None = None
    bases: tuple[BaseBranch, ...] = ()
    identity: Identity | None = None
    opening: bool = False
    """It speaks of a pull request's first moment: anything else of the same second is later."""
    suspicious_sha: str | None = None
    """All checks of this commit are said to have ended: those held as running were missed."""

    def __bool__(self) -> bool:
        """Whether it says anything that is kept."""
        return any(getattr(self, name) for name in _KEPT)


_KEPT = (
    "pull_requests",
    "reviews",
    "checks",
    "branches",
    "pushed",
    "listed",
    "bases",
    "identity",
    "suspicious_sha",
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is held from now on."""

    pull_request: PullRequest
    unsure: bool = field(default=False)
    """Two things were told of the same second: only GitHub knows which came last."""


def settle(known: PullRequest | None, told: PullRequest, *, opening: bool = False) -> Settled:
    """The description of a pull request that counts.

    The later `updated_at` wins. Within a second what GitHub answered when asked wins, then the end of a
    pull request over its life, then what arrived last; whoever is unsure asks GitHub.
    """
    if known is None:
        return Settled(told)
    winner, unsure = _pick(known, told, opening)
    return Settled(
        replace(
            winner,
            size=_later_size(winner.size, told.size, known.size),
            author_id=known.author_id or told.author_id,
            mergeability=_later_mergeability(winner, told, known),
            commit_count=_latest_count(winner, told, known),
            merged_by=known.merged_by or told.merged_by,
            merge_sha=known.merge_sha or told.merge_sha,
            was_ready=known.was_ready or told.was_ready,
            drafted_at=earliest(known.drafted_at, told.drafted_at),
            ready_at=earliest(known.ready_at, told.ready_at),
        ),
        unsure,
    )


def later_branch(known: Branch | None, told: Branch) -> Branch:
    """What counts of a branch; within a second what GitHub answered when asked, then its end."""
    if known is None:
        return told
    return max(known, told, key=lambda branch: (branch.as_of, branch.asked, not branch.exists))


def later_identity(known: Identity, told: Identity) -> Identity:
    """What counts of a repository itself; of the same second, what GitHub answered when asked, then its end, then what
    came last. What GitHub shows when it is asked is there, whatever was told of its end.
    """
    if known.gone and told.asked:
        return told
    if told.as_of != known.as_of:
        return told if told.as_of > known.as_of else known
    return told if told.asked or told.gone or not known.gone else known


def _pick(known: PullRequest, told: PullRequest, opening: bool) -> tuple[PullRequest, bool]:
    if told.as_of != known.as_of:
        return (told if told.as_of > known.as_of else known), False
    if _description(told) == _description(known):
        return (known if known.asked else replace(known, asked=told.asked)), False
    if told.asked:
        return told, False
    if known.asked:
        return known, not opening
    if opening:
        return known, False
    return (told if told.is_over >= known.is_over else known), True


def _description(pull_request: PullRequest) -> PullRequest:
    return replace(
        pull_request,
        asked=False,
        size=None,
        mergeability=None,
        author_id=None,
        merged_by=None,
        merge_sha=None,
        commit_count=None,
        was_ready=True,
        drafted_at=None,
        ready_at=None,
    )


def _later_mergeability(winner: PullRequest, *said: PullRequest) -> Mergeability | None:
    """What was said last of the head and the base that count; of the same time what is named first."""
    if winner.closed:
        return None
    found = [
        each.mergeability
        for each in said
        if each.mergeability is not None and _is_of_same(each, winner)
    ]
    return max(found, key=lambda each: each.verified_at, default=None)


def _latest_count(winner: PullRequest, *said: PullRequest) -> int | None:
    """How many commits it has from the head that counts to the base that counts, as was said last; of the same second
    what GitHub answered, then what is named first.
    """
    counted = [each for each in said if each.commit_count is not None and _is_of_same(each, winner)]
    latest = max(counted, key=lambda each: (each.as_of, each.asked), default=None)
    return None if latest is None else latest.commit_count


def _is_of_same(one: PullRequest, other: PullRequest) -> bool:
    return (one.head_sha, one.base_branch) == (other.head_sha, other.base_branch)


def _later_size(*sizes: Size | None) -> Size | None:
    """The latest; of the same second the one that is named first."""
    told = [size for size in sizes if size is not None]
    return max(told, key=lambda size: size.as_of, default=None)
