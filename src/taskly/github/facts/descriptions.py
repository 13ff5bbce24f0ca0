"""Rows and the facts in them: the two ways of writing the same thing."""

from taskly.github.models import CheckRun, GitRepository, PullRequestReview, PullRequestRow
from taskly.github.rules.checks import Check
from taskly.github.rules.facts import Identity, Mergeability, PullRequest, PullRequestState, Size
from taskly.github.rules.reviews import Review

_PULL_REQUEST = (
    "number",
    "github_id",
    "title",
    "body",
    "url",
    "author",
    "author_id",
    "head_branch",
    "head_sha",
    "head_fork",
    "base_branch",
    "draft",
    "was_ready",
    "drafted_at",
    "ready_at",
    "opened_at",
    "merged_at",
    "merged_by",
    "merge_sha",
    "commit_count",
    "asked",
)
_REVIEW = (
    "reviewer_id",
    "reviewer",
    "state",
    "github_id",
    "submitted_at",
    "first_submitted_at",
    "url",
)
_CHECK = ("head_sha", "kind", "app", "app_id", "name", "github_id", "state", "conclusion", "url")


def identity_in(row: GitRepository) -> Identity:
    """What a row says of the repository itself."""
    return Identity(
        owner=row.owner,
        name=row.name,
        default_branch=row.default_branch,
        private=row.private,
        as_of=row.github_updated_at,
        archived=row.archived,
        gone=row.gone_at is not None,
    )


def write_identity(row: GitRepository, identity: Identity) -> None:
    """Put into a row what is said of the repository itself."""
    row.owner, row.name = identity.owner, identity.name
    row.default_branch, row.private = identity.default_branch, identity.private
    row.archived, row.github_updated_at = identity.archived, identity.as_of


def pull_request_in(row: PullRequestRow) -> PullRequest:
    """The facts in a row."""
    size = None
    if row.additions is not None and row.deletions is not None and row.size_as_of is not None:
        size = Size(row.additions, row.deletions, row.size_as_of, row.changed_files)
    return PullRequest(
        **{name: getattr(row, name) for name in _PULL_REQUEST},
        closed=row.state in {PullRequestState.CLOSED, PullRequestState.MERGED},
        requested_reviewers=tuple(row.requested_reviewers),
        as_of=row.github_updated_at,
        size=size,
        mergeability=mergeability_in(row),
    )


def mergeability_in(row: PullRequestRow) -> Mergeability | None:
    """Whether a pull request can be merged, as far as that is known."""
    mergeable, state, at = row.mergeable, row.mergeable_state, row.mergeability_verified_at
    if mergeable is None or state is None or at is None:
        return None
    return Mergeability(mergeable, state, at)


def write_pull_request(row: PullRequestRow, facts: PullRequest) -> None:
    """Put the facts into a row."""
    for name in _PULL_REQUEST:
        setattr(row, name, getattr(facts, name))
    row.state = facts.state
    row.requested_reviewers = list(facts.requested_reviewers)
    row.github_updated_at = facts.as_of
    if facts.size is not None:
        row.additions, row.deletions = facts.size.additions, facts.size.deletions
        row.size_as_of, row.changed_files = facts.size.as_of, facts.size.changed_files
    known = facts.mergeability
    row.mergeable = None if known is None else known.mergeable
    row.mergeable_state = None if known is None else known.state
    row.mergeability_verified_at = None if known is None else known.verified_at


def review_in(row: PullRequestReview, number: int) -> Review:
    """The facts in a row, of the pull request with this number."""
    return Review(number=number, **{name: getattr(row, name) for name in _REVIEW})


def write_review(row: PullRequestReview, facts: Review) -> None:
    """Put the facts into a row."""
    for name in _REVIEW:
        setattr(row, name, getattr(facts, name))


def check_in(row: CheckRun) -> Check:
    """The facts in a row."""
    return Check(**{name: getattr(row, name) for name in _CHECK}, as_of=row.github_updated_at)


def write_check(row: CheckRun, facts: Check) -> None:
    """Put the facts into a row."""
    for name in _CHECK:
        setattr(row, name, getattr(facts, name))
    row.github_updated_at = facts.as_of
