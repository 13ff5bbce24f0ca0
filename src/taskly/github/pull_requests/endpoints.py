"""HTTP of the pull requests of a card."""

from uuid import UUID

from taskly.boards.errors import BoardArchived
from taskly.boards.snapshot_schema import PullRequestOnBoard
from taskly.cards.access import CardToEdit
from taskly.cards.errors import CardIsArchived
from taskly.github.errors import (
    GitHubNotFound,
    GitHubRateLimited,
    GitHubRefuses,
    GitHubUnavailable,
    NoBranch,
    NoRepository,
    NotAPullRequest,
)
from taskly.github.pull_requests import drafting, linking
from taskly.github.pull_requests.schemas import DraftPullRequest, LinkPullRequest
from taskly.github.schemas import JobPromise
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import SignedIn, Tx

router = Router(prefix="/cards/{card_id}/pull-requests", tags=["github"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.post(
    "",
    summary="Link a pull request",
    status_code=201,
    responses=problems(
        Forbidden,
        NotFound,
        BoardArchived,
        CardIsArchived,
        NotAPullRequest,
        NoRepository,
        GitHubNotFound,
        GitHubRefuses,
        GitHubRateLimited,
        GitHubUnavailable,
    ),
)
async def link_pull_request(
    card_id: UUID, body: LinkPullRequest, principal: SignedIn, runtime: RuntimeOf, tx: Tx
) -> PullRequestOnBoard:
    """Link a pull request to a card by its address, also one that was unlinked. For members.

    One that is linked already stays as it is. Merging one that was linked by hand completes the card.
    """
    return await linking.link_by_address(runtime, tx, principal, card_id, body.url)


@router.post(
    "/draft",
    summary="Open a draft pull request",
    status_code=202,
    responses=problems(*CHANGE, CardIsArchived, NoBranch),
)
async def create_draft_pull_request(
    access: CardToEdit, body: DraftPullRequest, principal: SignedIn, tx: Tx
) -> JobPromise:
    """Open a draft pull request from a branch of a card, in the caller's name. For members.

    A job makes it at GitHub, described by the card; boxes of its checklist that are ticked there are ticked in the
    card's acceptance criteria. One that is there already is linked. The job's `error` says why there can be none.
    """
    return JobPromise(job_id=await drafting.ask_for_draft(tx, access, principal.user_id, body))


@router.delete(
    "/{pull_request_id}",
    summary="Unlink a pull request",
    status_code=204,
    responses=problems(*CHANGE, CardIsArchived),
)
async def unlink_pull_request(access: CardToEdit, pull_request_id: UUID, tx: Tx) -> None:
    """Take a pull request off a card. It stays away, whatever its texts say, until it is linked again. For members."""
    await linking.take_off_card(tx, access, pull_request_id)


@router.post(
    "/{pull_request_id}/refresh",
    summary="Refresh a pull request",
    status_code=202,
    responses=problems(*CHANGE),
)
async def refresh_pull_request(access: CardToEdit, pull_request_id: UUID, tx: Tx) -> JobPromise:
    """Let a job ask GitHub how a pull request stands now, with its reviews and checks. For members."""
    return JobPromise(job_id=await linking.ask_for_refresh(tx, access, pull_request_id))
