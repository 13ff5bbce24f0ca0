"""The fake GitHub of the demonstration begins anew with each start, with what Taskly knows of it."""

from collections.abc import AsyncIterator

import pytest

from taskly.demo.scenery import PastPullRequest, furnish, restore
from tests.fake_github.stage import Stage, staged

pytestmark = pytest.mark.anyio

PAYMENTS, MOBILE = "octo/payments", "octo/mobile"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """An empty GitHub."""
    async with staged() as running:
        yield running


def past(repository: str, number: int, state: str, author: str = "ben") -> PastPullRequest:
    """A pull request that a board shows."""
    return PastPullRequest(
        repository=repository,
        number=number,
        title=f"Number {number}",
        branch=f"feature/PAY-{number}",
        author=author,
        state=state,
    )


async def pulls(stage: Stage, repository: str) -> list[tuple[int, str, str, str, bool, bool]]:
    """The pull requests of a repository."""
    found = (await stage.github.repository(repository)).pull_requests
    return sorted(
        (each.number, each.head_ref, each.author, each.state, each.merged, each.draft)
        for each in found
    )


async def test_everybody_is_the_same_person_again(stage: Stage) -> None:
    await furnish(stage.github)
    first = await stage.github.state()
    await stage.github.reset(seed=7)
    await furnish(stage.github)
    second = await stage.github.state()
    assert [(user.login, user.id) for user in second.users] == [
        (user.login, user.id) for user in first.users
    ]
    assert [(each.full_name, each.id) for each in second.repositories] == [
        (each.full_name, each.id) for each in first.repositories
    ]


async def test_pull_requests_come_back_under_their_numbers(stage: Stage) -> None:
    await furnish(stage.github)
    await restore(
        stage.github,
        [
            past(PAYMENTS, 4, "open", author="somebody-who-left"),
            past(MOBILE, 1, "draft"),
            past(PAYMENTS, 1, "merged"),
            past(PAYMENTS, 3, "closed"),
        ],
    )
    assert await pulls(stage, PAYMENTS) == [
        (1, "feature/PAY-1", "ben", "closed", True, False),
        (2, "idea-2", "ann", "closed", False, False),
        (3, "feature/PAY-3", "ben", "closed", False, False),
        (4, "feature/PAY-4", "ann", "open", False, False),
    ]
    assert await pulls(stage, MOBILE) == [(1, "feature/PAY-1", "ben", "open", False, True)]
