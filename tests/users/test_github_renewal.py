"""Tokens of GitHub Apps end after eight hours; what we do in people's names goes on."""

import asyncio
from datetime import timedelta

import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import OAuthChange
from taskly.kit.clock import FrozenClock
from taskly.users import repository
from taskly.users.errors import GitHubUnavailable
from taskly.users.github_renewal import current_github_token
from taskly.users.models import User
from tests.users.github_way import exchanges, sign_in
from tests.users.places import Place

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mona(github_place: Place, github: FakeGitHub) -> User:
    """Somebody who signed in through a GitHub App."""
    await github.create_user("mona")
    await github.change_oauth(OAuthChange(expiring_tokens=True))
    await sign_in(github_place)
    await github.forget_requests()
    return await as_stored(github_place)


async def as_stored(place: Place) -> User:
    """Mona as she is now."""
    async with place.runtime.database.reading() as session:
        user = await repository.user(session, await place.user_id("mona"))
    assert user is not None
    return user


async def test_a_token_that_counts_is_used_as_it_is(
    github_place: Place, github: FakeGitHub, mona: User
) -> None:
    token = await current_github_token(github_place.runtime, mona)
    assert token is not None
    assert token.startswith("ghu_")
    assert await exchanges(github) == 0


async def test_of_many_who_find_it_ended_one_renews_it(
    github_place: Place, github: FakeGitHub, clock: FrozenClock, mona: User
) -> None:
    before = await current_github_token(github_place.runtime, mona)
    clock.advance(timedelta(hours=8))
    found = await asyncio.gather(
        *(current_github_token(github_place.runtime, mona) for _ in range(8))
    )
    assert await exchanges(github) == 1
    [token] = set(found)
    assert token not in {None, before}
    renewed = await as_stored(github_place)
    assert renewed.github_token_expires_at == clock.now() + timedelta(hours=8)
    clock.advance(timedelta(hours=8))
    assert await current_github_token(github_place.runtime, renewed) not in {None, token}
    assert await exchanges(github) == 2


async def test_when_it_cannot_be_renewed_there_is_none(
    github_place: Place, github: FakeGitHub, clock: FrozenClock, mona: User
) -> None:
    clock.advance(timedelta(hours=8))
    await github.reset()
    assert await current_github_token(github_place.runtime, mona) is None


async def test_while_github_is_away_the_renewal_waits(
    github_place: Place, github: FakeGitHub, clock: FrozenClock, mona: User
) -> None:
    clock.advance(timedelta(hours=8))
    await github.add_fault("errors", times=1, status=502)
    with pytest.raises(GitHubUnavailable):
        await current_github_token(github_place.runtime, mona)
    assert await current_github_token(github_place.runtime, mona) is not None
