"""The code of a card: its branches and pull requests, with what reviewers and checks say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.snapshot_schema import BranchOnBoard
from taskly.cards.models import CardAccess
from taskly.github.development_schemas import (
    CheckResponse,
    CommitResponse,
    Development,
    MergeabilityResponse,
    PullRequestDetail,
    RequiredChecksResponse,
    ReviewResponse,
    SignOfDrift,
)
from taskly.github.drifting.finding import find_drift
from taskly.github.facts import base_repository, commit_repository, facts_repository
from taskly.github.facts.descriptions import check_in, mergeability_in
from taskly.github.facts.facts_repository import LinkedRow
from taskly.github.models import CheckRun, PullRequestReview, PullRequestRow
from taskly.github.recording import branch_state, pull_request_state
from taskly.github.rules.checks import RequiredCheck, roll_up_required
from taskly.github.rules.facts import Commit, PullRequestState
from taskly.github.stopping import stop_repository
from taskly.github.stopping.schemas import StoppedRuleResponse
from taskly.github.urls import commit_url


async def read_development(session: AsyncSession, access: CardAccess, now: datetime) -> Development:
    """The branches and pull requests of a card, oldest first, and its drift."""
    card_id = access.card.id
    branches = await facts_repository.branches_of_cards(session, [card_id])
    linked = await facts_repository.pull_requests_of_cards(session, [card_id])
    pull_ids = [row.pull.id for row in linked]
    reviews = await facts_repository.reviews(session, pull_ids)
    commits = await commit_repository.newest_commits(session, pull_ids)
    checks = await facts_repository.checks_of_heads(session, [row.pull for row in linked])
    required = await base_repository.required_in(session, {row.repository.id for row in linked})
    found = await find_drift(session, [card_id], now)
    stops = await stop_repository.stops_of(session, card_id)
    return Development(
        branches=[
            BranchOnBoard(**branch_state(found.branch, found.repository)) for found in branches
        ],
        pull_requests=[
            _detail(row, commits[row.pull.id], reviews, checks, required) for row in linked
        ],
        drift=[SignOfDrift.model_validate(sign) for sign in found.get(card_id, [])],
        stopped_rules=[StoppedRuleResponse.of(row) for row in stops],
    )


def _detail(
    row: LinkedRow,
    commits: Sequence[Commit],
    reviews: Sequence[PullRequestReview],
    checks: Sequence[CheckRun],
    bases: Mapping[tuple[UUID, str], tuple[RequiredCheck, ...]],
) -> PullRequestDetail:
    pull = row.pull
    is_open = pull.state in {PullRequestState.OPEN, PullRequestState.DRAFT}
    required = bases.get((pull.repository_id, pull.base_branch)) if is_open else None
    own = [check for check in checks if _is_of(check, pull.repository_id, pull.head_sha)]
    return PullRequestDetail(
        **(pull_request_state(row.link, pull, row.repository) or {}),
        draft=pull.draft,
        head_sha=pull.head_sha,
        additions=pull.additions,
        deletions=pull.deletions,
        changed_files=pull.changed_files,
        commit_count=pull.commit_count,
        commits=[_commit(pull, commit) for commit in commits],
        mergeability=None
        if (known := mergeability_in(pull)) is None
        else MergeabilityResponse.model_validate(known),
        merged_by=pull.merged_by,
        requested_reviewers=pull.requested_reviewers,
        reviews=[
            ReviewResponse.model_validate(review)
            for review in sorted(reviews, key=lambda review: review.submitted_at)
            if review.pull_request_id == pull.id
        ],
        check_runs=[
            _check(check, required or ())
            for check in sorted(own, key=lambda check: (check.app, check.name, check.kind))
        ],
        required_checks=None if required is None else _required(own, required),
    )


def _commit(pull: PullRequestRow, commit: Commit) -> CommitResponse:
    return CommitResponse(
        sha=commit.sha,
        message=commit.message,
        author=commit.author,
        url=commit_url(pull.url, commit.sha),
        committed_at=commit.committed_at,
    )


def _check(row: CheckRun, required: Sequence[RequiredCheck]) -> CheckResponse:
    check = check_in(row)
    return CheckResponse(
        kind=check.kind.value,
        app=check.app,
        name=check.name,
        state=check.state,
        required=any(each.is_met_by(check) for each in required),
        conclusion=check.conclusion,
        url=check.url,
    )


def _required(
    rows: Sequence[CheckRun], required: Sequence[RequiredCheck]
) -> RequiredChecksResponse:
    found = roll_up_required([check_in(row) for row in rows], required)
    return RequiredChecksResponse(
        state=found.required,
        expected=list(found.expected),
        only_optional_fail=found.only_optional_fail,
    )


def _is_of(check: CheckRun, repository_id: UUID, sha: str) -> bool:
    return (check.repository_id, check.head_sha) == (repository_id, sha)
