"""Personal tokens for programs: shown once, narrowed by scopes, ended by time or by their owner."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token, make_token
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import note
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.users import repository
from taskly.users.errors import TooManyTokens
from taskly.users.models import ApiToken
from taskly.users.rechecking import recheck_sockets

MAXIMUM_TOKENS = 50

log = structlog.get_logger()


class Scope(enum.StrEnum):
    """What a token is for; each scope includes the ones before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


EVERY_SCOPE = frozenset(Scope)


def granted(scopes: Iterable[str]) -> frozenset[Scope]:
    """All that a token with these scopes may do: writing includes reading, and so on."""
    ranking = list(Scope)
    widest = max(ranking.index(Scope(scope)) for scope in scopes)
    return frozenset(ranking[: widest + 1])


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; `secret` is known to nobody after it was shown."""

    token: ApiToken
    secret: str = field(repr=False)


async def create_token(
    tx: Transaction, user_id: UUID, *, name: str, scopes: Iterable[Scope], lifetime: timedelta
) -> NewToken:
    """Make a token for the person.

    Raises:
        TooManyTokens: the person has `MAXIMUM_TOKENS` already.
    """
    # The lock makes the count exact.
    await repository.lock_user(tx.session, user_id)
    if await repository.count_api_tokens(tx.session, user_id) >= MAXIMUM_TOKENS:
        raise TooManyTokens
    secret = make_token()
    token = ApiToken(
        id=new_id(),
        user_id=user_id,
        name=name,
        token_hash=hash_token(secret),
        last_four=secret[-4:],
        scopes=sorted(set(scopes), key=list(Scope).index),
        created_at=tx.now,
        expires_at=tx.now + lifetime,
    )
    tx.session.add(token)
    note(tx.session, "token.created", user_id=user_id, subject_id=token.id, at=tx.now)
    log.info("auth.token_created", token_id=str(token.id), user_id=str(user_id))
    return NewToken(token, secret)


async def revoke_token(runtime: Runtime, user_id: UUID, token_id: UUID) -> None:
    """End a token of the person, and the sockets that it opened.

    Raises:
        NotFound: the person has no such token.
    """
    async with runtime.database.transaction(Actor.user(user_id)) as tx:
        if not await repository.delete_api_token(tx.session, user_id, token_id):
            raise NotFound
        note(tx.session, "token.revoked", user_id=user_id, subject_id=token_id, at=tx.now)
    log.info("auth.token_revoked", token_id=str(token_id), user_id=str(user_id))
    await recheck_sockets(runtime.redis, user_id)
