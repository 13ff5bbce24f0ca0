"""The code of a card: its branches and pull requests, with what reviewers and checks say."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.snapshot_schema import BranchOnBoard
from taskly.cards.models import CardAccess
from taskly.github.drifting.finding import find_drift
from taskly.github.facts import facts_repository
from taskly.github.facts.facts_repository import LinkedRow
from taskly.github.models import CheckRun, PullRequestReview
from taskly.github.recording import branch_state, pull_request_state
from taskly.github.schemas import (
    CheckResponse,
    Development,
    PullRequestDetail,
    ReviewResponse,
    SignOfDrift,
)
from taskly.github.stopping import stop_repository
from taskly.github.stopping.schemas import StoppedRuleResponse


async def read_development(session: AsyncSession, access: CardAccess, now: datetime) -> Development:
    """The branches and pull requests of a card, oldest first, and its drift."""
    card_id = access.card.id
    branches = await facts_repository.branches_of_cards(session, [card_id])
    linked = await facts_repository.pull_requests_of_cards(session, [card_id])
    reviews = await facts_repository.reviews(session, [row.pull.id for row in linked])
    checks = await facts_repository.checks_of_heads(session, [row.pull for row in linked])
    found = await find_drift(session, [card_id], now)
    stops = await stop_repository.stops_of(session, card_id)
    return Development(
        branches=[
            BranchOnBoard(**branch_state(found.branch, found.repository)) for found in branches
        ],
        pull_requests=[_detail(row, reviews, checks) for row in linked],
        drift=[SignOfDrift.model_validate(sign) for sign in found.get(card_id, [])],
        stopped_rules=[StoppedRuleResponse.of(row) for row in stops],
    )


def _detail(
    row: LinkedRow, reviews: Sequence[PullRequestReview], checks: Sequence[CheckRun]
) -> PullRequestDetail:
    pull = row.pull
    return PullRequestDetail(
        **(pull_request_state(row.link, pull, row.repository) or {}),
        draft=pull.draft,
        head_sha=pull.head_sha,
        additions=pull.additions,
        deletions=pull.deletions,
        merged_by=pull.merged_by,
        requested_reviewers=pull.requested_reviewers,
        reviews=[
            ReviewResponse.model_validate(review)
            for review in sorted(reviews, key=lambda review: review.submitted_at)
            if review.pull_request_id == pull.id
        ],
        check_runs=[
            CheckResponse.model_validate(check)
            for check in sorted(checks, key=lambda check: (check.app, check.name, check.kind))
            if _is_of(check, pull.repository_id, pull.head_sha)
        ],
    )


def _is_of(check: CheckRun, repository_id: UUID, sha: str) -> bool:
    return (check.repository_id, check.head_sha) == (repository_id, sha)
