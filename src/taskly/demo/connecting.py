"""Connects the repositories of the boards, with the pull requests that there are."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from taskly.demo.answers import Repository, Snapshot
from taskly.demo.client import Refused, Taskly
from taskly.demo.content.people import BOARDS, REPOSITORIES
from taskly.demo.content.plan import REVIEW, PlannedBoard
from taskly.demo.scenery import PastPullRequest, open_past, restore
from taskly.fake_github.driver import FakeGitHub
from taskly.kit.slugs import slugify

Found = TypeVar("Found")

CONNECTING_SECONDS = 30
POLL_SECONDS = 0.05


async def connect_repositories(
    taskly: Taskly, github: FakeGitHub, workspace_id: UUID, boards: Sequence[Snapshot]
) -> list[Repository]:
    """Connect them and wait until Taskly knows their pull requests.

    A connection of an earlier run has lost its webhook with the GitHub of that run, so it is made anew.

    Raises:
        Refused: a connection does not come about.
    """
    earlier = {each.full_name: each for each in await taskly.repositories(workspace_id)}
    await restore(
        github, (PastPullRequest.of(pull) for each in boards for pull in each.pull_requests)
    )
    for plan, board in zip(BOARDS, boards, strict=True):
        if plan.repository is not None and plan.repository not in earlier:
            await _ask_for_reviews(github, plan, plan.repository, board)
    for full_name in REPOSITORIES:
        if full_name in earlier:
            await _disconnect(taskly, github, earlier[full_name])
        await taskly.connect_repository(workspace_id, full_name)
    connected = [
        await _connected(taskly, workspace_id, full_name, earlier.get(full_name))
        for full_name in REPOSITORIES
    ]
    ids = {repository.full_name: repository.id for repository in connected}
    for plan, board in zip(BOARDS, boards, strict=True):
        if plan.repository is not None:
            await taskly.use_repository(board.id, ids[plan.repository])
    return connected


async def _ask_for_reviews(
    github: FakeGitHub, plan: PlannedBoard, repository: str, board: Snapshot
) -> None:
    """Open a pull request for each card in review, so that none stands there without a reason."""
    column_id = next(column.id for column in board.columns if column.name == REVIEW)
    waiting = [card for card in board.cards if card.column_id == column_id]
    authors = {card.title: card.assignees[0] for card in plan.cards if card.assignees}
    for number, card in enumerate(waiting, 1):
        branch = f"feature/{board.key}-{card.number}-{slugify(card.title, limit=40)}"
        pull = PastPullRequest(repository, number, card.title, branch, authors[card.title], "open")
        await open_past(github, pull)


async def _disconnect(taskly: Taskly, github: FakeGitHub, repository: Repository) -> None:
    """Disconnect, and wait until the worker has taken the webhook away.

    The new GitHub gives its numbers again, so a late worker could take the next webhook instead.
    """
    await taskly.disconnect_repository(repository.id)
    hooks = f"/repos/{repository.full_name}/hooks"

    async def is_taken_away() -> bool | None:
        return bool(await github.requests(hooks, method="DELETE")) or None

    await _eventually(is_taken_away, f"{repository.full_name} was not disconnected")


async def _connected(
    taskly: Taskly, workspace_id: UUID, full_name: str, earlier: Repository | None
) -> Repository:
    """The connection, when its webhook is made and its pull requests are known."""
    known_at = None if earlier is None else earlier.last_sync_at

    async def is_known() -> Repository | None:
        found = {each.full_name: each for each in await taskly.repositories(workspace_id)}
        repository = found[full_name]
        if repository.problem is not None:
            raise Refused(f"{full_name}: {repository.problem}")
        is_synchronised = repository.last_sync_at != known_at
        return repository if repository.health == "healthy" and is_synchronised else None

    return await _eventually(is_known, f"{full_name} was not connected")


async def _eventually(ask: Callable[[], Awaitable[Found | None]], complaint: str) -> Found:
    """The first answer that is not None."""
    try:
        async with asyncio.timeout(CONNECTING_SECONDS):
            while True:
                found = await ask()
                if found is not None:
                    return found
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise Refused(f"{complaint} within {CONNECTING_SECONDS} s.") from None
