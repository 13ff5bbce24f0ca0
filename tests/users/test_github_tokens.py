"""Which of GitHub's tokens is kept when somebody signs in again."""

import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.words import FaultKind
from taskly.kit.crypto import KeyRing
from taskly.users import repository
from taskly.users.github_application import require_github_application
from taskly.users.github_oauth import GitHubOAuth
from taskly.users.github_tokens import read_github_token
from tests.users.github_way import JSON, LOGIN, consent, sign_in
from tests.users.places import KEY, Place

pytestmark = pytest.mark.anyio

TROUBLES: tuple[FaultKind, ...] = ("errors", "garbage", "down", "limited")


async def _sign_in_for_repositories(place: Place) -> None:
    departure = await place.client.get(LOGIN, params={"repositories": "true"})
    back = await consent(departure.headers["location"])
    assert (await place.client.get(back, headers=JSON)).status_code == 200


async def _kept(place: Place) -> tuple[str | None, list[str]]:
    async with place.runtime.database.reading() as session:
        user = await repository.user(session, await place.user_id("mona"))
    assert user is not None
    return read_github_token(KeyRing.parse(KEY), user), user.github_scopes


async def test_a_wider_token_that_github_took_back_gives_way_to_a_narrower_one(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    await _sign_in_for_repositories(github_place)
    wider, _ = await _kept(github_place)

    await sign_in(github_place)
    assert (await _kept(github_place))[0] == wider

    await github.revoke_tokens_of("mona")
    await sign_in(github_place)
    token, scopes = await _kept(github_place)
    assert token not in {None, wider}
    assert scopes == ["read:user", "user:email"]


async def test_a_wider_token_that_can_not_be_read_any_more_gives_way_too(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    await _sign_in_for_repositories(github_place)
    await github_place.execute("UPDATE users SET github_token = 'v1:lost:AAAA'")
    await sign_in(github_place)
    token, scopes = await _kept(github_place)
    assert token is not None
    assert scopes == ["read:user", "user:email"]


async def test_a_github_in_trouble_does_not_take_a_token_for_dead(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    token = await github.create_token("mona")
    application = await require_github_application(github_place.runtime)
    async with GitHubOAuth(github_place.runtime.settings, application) as asked:
        assert await asked.refuses(token) is False
        await github.revoke_token(token)
        assert await asked.refuses(token) is True
        for kind in TROUBLES:
            await github.clear_faults()
            await github.add_fault(kind, path_prefix="/user")
            assert await asked.refuses(token) is False
