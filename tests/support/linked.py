"""A repository, its pull requests, and their links to cards, as if GitHub had told of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from taskly.github.models import CardPullRequest, GitRepository, PullRequestRow
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.linking import LinkSource
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from tests.support.actors import Json
from tests.support.world import World


async def link_pull_requests(world: World, board: Json, cards: Sequence[Json]) -> None:
    """An open pull request on each of the cards, to complete it; the first one is number 7."""
    workspace_id, now = UUID(board["workspace_id"]), world.clock.now()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        repository = payments(workspace_id, now)
        tx.session.add(repository)
        await tx.session.flush()
        for number, card in enumerate(cards, start=7):
            pull = pull_request(repository, number, now)
            tx.session.add(pull)
            await tx.session.flush()
            tx.session.add(
                CardPullRequest(
                    id=new_id(),
                    workspace_id=workspace_id,
                    board_id=UUID(board["id"]),
                    card_id=UUID(card["id"]),
                    pull_request_id=pull.id,
                    source=LinkSource.BRANCH,
                    closes=True,
                )
            )


def payments(workspace_id: UUID, now: datetime) -> GitRepository:
    """A connected repository."""
    return GitRepository(
        id=new_id(),
        workspace_id=workspace_id,
        github_id=1,
        owner="octo",
        name="payments",
        default_branch="main",
        private=False,
        connected_at=now,
        github_updated_at=now,
    )


def pull_request(repository: GitRepository, number: int, now: datetime) -> PullRequestRow:
    """An open pull request of the repository."""
    return PullRequestRow(
        id=new_id(),
        workspace_id=repository.workspace_id,
        repository_id=repository.id,
        github_id=2,
        number=number,
        title="Refund twice",
        body="",
        url=f"https://github.example/octo/payments/pull/{number}",
        state=PullRequestState.OPEN,
        author="alice",
        head_branch="feature/pay-1",
        head_sha="a" * 40,
        base_branch="main",
        draft=False,
        was_ready=True,
        requested_reviewers=[],
        opened_at=now,
        asked=False,
        github_updated_at=now,
        verified_at=now,
    )
