"""Tokens of installations: kept for all, encrypted, renewed before they end, by one at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from redis.asyncio import Redis

from taskly.github.remote.app import sign_statement
from taskly.github.remote.app_resources import InstallationToken
from taskly.github.remote.installation_tokens import InstallationTokens
from taskly.kit.clock import FrozenClock
from taskly.kit.pem import rsa_private_key
from taskly.platform.settings import Settings
from tests.github.app_identity import identity, pem, private_key

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTALLATION = 7


class Mint:
    """GitHub, as far as it makes tokens: one after the other, each for an hour."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.made: list[int] = []

    async def __call__(self, installation_id: int) -> InstallationToken:
        await asyncio.sleep(0)
        self.made.append(installation_id)
        token = f"ghs_{installation_id}_{len(self.made)}"
        return InstallationToken(token=token, expires_at=self.clock.now() + HOUR)


@pytest.fixture
def clock() -> FrozenClock:
    """Stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def mint(clock: FrozenClock) -> Mint:
    """Where tokens come from."""
    return Mint(clock)


@pytest.fixture
def tokens(redis: Redis, settings: Settings, clock: FrozenClock) -> InstallationTokens:
    """The tokens of one process."""
    return InstallationTokens(redis, settings.encryption_key_ring(), clock)


async def test_a_token_is_made_once_and_renewed_before_it_ends(
    tokens: InstallationTokens, clock: FrozenClock, mint: Mint
) -> None:
    first = await tokens.current(INSTALLATION, mint)
    clock.advance(timedelta(minutes=54))
    assert await tokens.current(INSTALLATION, mint) == first
    clock.advance(timedelta(minutes=1))
    assert await tokens.current(INSTALLATION, mint) == "ghs_7_2"
    assert await tokens.current(8, mint) == "ghs_8_3"


async def test_processes_share_tokens_and_only_one_of_them_asks(
    tokens: InstallationTokens, redis: Redis, settings: Settings, clock: FrozenClock, mint: Mint
) -> None:
    other = InstallationTokens(redis, settings.encryption_key_ring(), clock)
    asking = [each.current(INSTALLATION, mint) for each in (tokens, other) * 5]
    assert set(await asyncio.gather(*asking)) == {"ghs_7_1"}
    assert mint.made == [INSTALLATION]


async def test_a_refused_token_is_replaced_once_however_many_were_refused_it(
    tokens: InstallationTokens, mint: Mint
) -> None:
    refused = await tokens.current(INSTALLATION, mint)
    renewing = [tokens.renewed(INSTALLATION, refused, mint) for _ in range(5)]
    assert set(await asyncio.gather(*renewing)) == {"ghs_7_2"}
    assert len(mint.made) == 2


async def test_redis_never_sees_a_token(
    tokens: InstallationTokens, redis: Redis, mint: Mint
) -> None:
    token = await tokens.current(INSTALLATION, mint)
    for key in await redis.keys("github:installation:*"):
        kept = await redis.get(key)
        assert isinstance(kept, bytes)
        assert token.encode() not in kept
        assert 0 < await redis.ttl(key) <= HOUR.total_seconds()


async def test_what_another_key_encrypted_is_made_anew(
    tokens: InstallationTokens, redis: Redis, mint: Mint
) -> None:
    await redis.set(f"github:installation:{INSTALLATION}", "v1:gone:bm9u:Y2lwaGVy")
    assert await tokens.current(INSTALLATION, mint) == "ghs_7_1"


async def test_without_redis_a_process_has_tokens_of_its_own(
    no_redis: Redis, settings: Settings, clock: FrozenClock, mint: Mint
) -> None:
    tokens = InstallationTokens(no_redis, settings.encryption_key_ring(), clock)
    assert await tokens.current(INSTALLATION, mint) == "ghs_7_1"
    assert await tokens.current(INSTALLATION, mint) == "ghs_7_1"


def test_an_apps_statement_is_signed_and_short_and_bears_a_clock_that_is_a_minute_off() -> None:
    statement = sign_statement(identity(), NOW)
    claims = jwt.decode(
        statement,
        private_key().public_key(),
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iss"] == "5"
    assert claims["iat"] == (NOW - timedelta(minutes=1)).timestamp()
    assert claims["exp"] - claims["iat"] == 600
    assert "PRIVATE" not in repr(identity())


def test_a_private_key_may_stand_in_one_line() -> None:
    assert rsa_private_key(pem().replace("\n", "\\n")) == pem()


@pytest.mark.parametrize("text", ["", "none", "-----BEGIN RSA PRIVATE KEY-----\nx\n"])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an RSA private key"):
        rsa_private_key(text)
