"""Refresh tokens rotate: each is used once, and its use makes the next.

Using a token is one conditional UPDATE, so of any number of requests at once exactly one makes a
successor. The others, and everybody who comes within `GRACE`, get that same successor: two tabs that
refresh together, or a client whose answer was lost on the way, are no attack. Whoever comes later with
a used token holds a copy, and nobody knows who the thief is, so the session ends for all.

The successor can be given again although only its hash is stored, because its secret is an HMAC of its
predecessor's under a key of the server. Whoever has an old token can't compute it; whoever has the
database can't either. This grace is a deliberate step away from the strict reading of ASVS 5.0, 10.4.5.
"""

from datetime import timedelta
from uuid import UUID

import structlog

from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.runtime import Runtime
from taskly.users import repository
from taskly.users.errors import RefreshReused
from taskly.users.issuing import IssuedTokens, Issuer
from taskly.users.models import RefreshToken, Session, SessionEnd
from taskly.users.rechecking import recheck_sockets
from taskly.users.sessions import note_ended

GRACE = timedelta(seconds=10)

log = structlog.get_logger()


async def refresh(runtime: Runtime, issuer: Issuer, secret: str) -> IssuedTokens:
    """The next pair of tokens of the session to which the refresh token belongs.

    Raises:
        NotSignedIn: the token is unknown or too old, or its session has ended.
        RefreshReused: the token was used before; its session has now ended.
    """
    async with runtime.database.transaction(SYSTEM) as tx:
        pair = await _next_pair(tx, issuer, secret)
        victim = None if pair else await _revoke_if_reused(tx, secret)
    if pair is not None:
        return pair
    # Raised only now: an error inside the block would take the revocation back.
    if victim is None:
        raise NotSignedIn
    await recheck_sockets(runtime.redis, victim)
    raise RefreshReused


async def _next_pair(tx: Transaction, issuer: Issuer, secret: str) -> IssuedTokens | None:
    used = await repository.use_refresh_token(tx.session, hash_token(secret), tx.now)
    if used is not None:
        return await _succeed(tx, issuer, *used, secret)
    found = await repository.refresh_token(tx.session, hash_token(secret))
    if found is None or not found[1].is_live(tx.now):
        return None
    return await _pair_in_grace(tx, issuer, *found, secret)


async def _succeed(
    tx: Transaction, issuer: Issuer, token: RefreshToken, session: Session, secret: str
) -> IssuedTokens:
    following = issuer.next_secret(secret)
    successor = RefreshToken(
        id=new_id(),
        session_id=session.id,
        predecessor_id=token.id,
        token_hash=hash_token(following),
        created_at=tx.now,
        expires_at=issuer.refresh_expiry(tx.now, session),
    )
    tx.session.add(successor)
    await repository.touch_session(tx.session, session.id, tx.now)
    return issuer.pair(session, successor, following)


async def _pair_in_grace(
    tx: Transaction, issuer: Issuer, token: RefreshToken, session: Session, secret: str
) -> IssuedTokens | None:
    """The pair at the end of the family, if this token was used just now."""
    if token.used_at is None or tx.now - token.used_at > GRACE:
        return None
    while (successor := await repository.successor(tx.session, token.id)) is not None:
        following = issuer.known_next_secret(secret, successor.token_hash)
        if following is None:
            return None
        token, secret = successor, following
    return issuer.pair(session, token, secret) if token.expires_at > tx.now else None


async def _revoke_if_reused(tx: Transaction, secret: str) -> UUID | None:
    """End the session if the token was used too long ago; whose it was."""
    found = await repository.refresh_token(tx.session, hash_token(secret))
    if found is None or found[0].used_at is None or tx.now - found[0].used_at <= GRACE:
        return None
    session = found[1]
    ended = await repository.revoke_sessions(
        tx.session, Session.id == session.id, because=SessionEnd.TOKEN_REUSED, now=tx.now
    )
    note_ended(tx, ended, SessionEnd.TOKEN_REUSED)
    log.warning(
        "auth.refresh_reused",
        session_id=str(session.id),
        user_id=str(session.user_id),
        session_was_live=bool(ended),
    )
    return session.user_id
