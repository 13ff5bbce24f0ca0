"""Sessions: one for each sign-in, listed and ended by the person whom it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token, make_opaque_token
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import note
from taskly.platform.http.problems import NotFound, NotSignedIn
from taskly.platform.runtime import Runtime
from taskly.users import repository
from taskly.users.issuing import IssuedTokens, Issuer
from taskly.users.models import USER_AGENT_LENGTH, RefreshToken, Session, SessionEnd
from taskly.users.principal import Principal
from taskly.users.rechecking import recheck_sockets

log = structlog.get_logger()

KEEP_SIGN_INS = timedelta(hours=1)
"""Anybody may begin one, and nothing is to be seen in it afterwards."""
KEEP_SESSIONS = timedelta(days=30)
"""So long after their end sessions, with their addresses, can be looked into."""


@dataclass(frozen=True, slots=True)
class Device:
    """What signs in, as far as it can be seen."""

    user_agent: str | None
    address: str | None


async def start_session(
    tx: Transaction, issuer: Issuer, user_id: UUID, device: Device
) -> IssuedTokens:
    """Begin a session of somebody who has proved who they are; its first pair of tokens."""
    session = Session(
        id=new_id(),
        user_id=user_id,
        user_agent=_shown(device.user_agent),
        address=device.address,
        created_at=tx.now,
        last_used_at=tx.now,
        ends_at=tx.now + timedelta(seconds=issuer.session_seconds),
    )
    tx.session.add(session)
    await tx.session.flush()
    secret = make_opaque_token()
    token = RefreshToken(
        id=new_id(),
        session_id=session.id,
        token_hash=hash_token(secret),
        created_at=tx.now,
        expires_at=issuer.refresh_expiry(tx.now, session),
    )
    tx.session.add(token)
    note(tx.session, "session.started", user_id=user_id, subject_id=session.id, at=tx.now)
    return issuer.pair(session, token, secret)


async def session_of_refresh_token(session: AsyncSession, secret: str, now: datetime) -> UUID:
    """The session to which a refresh token belongs, used or not.

    Raises:
        NotSignedIn: there is none, or it has ended.
    """
    found = await repository.refresh_token(session, hash_token(secret))
    if found is None or not found[1].is_live(now):
        raise NotSignedIn
    return found[1].id


async def sign_out(runtime: Runtime, session_id: UUID) -> None:
    """End the session at the wish of its owner. Does nothing when it has ended."""
    await _end(runtime, Session.id == session_id, because=SessionEnd.SIGNED_OUT)


async def revoke_session(runtime: Runtime, user_id: UUID, session_id: UUID) -> None:
    """End one session of the person.

    Raises:
        NotFound: the person has no such session, or it has ended.
    """
    which = (Session.id == session_id) & (Session.user_id == user_id)
    live = Session.ends_at > runtime.clock.now()
    if not await _end(runtime, which & live, because=SessionEnd.REVOKED):
        raise NotFound


async def revoke_other_sessions(runtime: Runtime, principal: Principal) -> None:
    """End all sessions of the person but the one that asks."""
    which = (Session.user_id == principal.user_id) & Session.id.is_distinct_from(
        principal.session_id
    )
    await _end(runtime, which, because=SessionEnd.REVOKED)


async def forget_stale(tx: Transaction, *, limit: int = 5000) -> int:
    """Delete sign-ins, refresh tokens and sessions that ended long ago, some at a time.

    Returns:
        How many rows went; when it is not 0 there may be more.
    """
    return await repository.forget_ended(
        tx.session,
        sign_ins_before=tx.now - KEEP_SIGN_INS,
        sessions_before=tx.now - KEEP_SESSIONS,
        limit=limit,
    )


async def _end(runtime: Runtime, which: ColumnElement[bool], *, because: SessionEnd) -> bool:
    """End sessions and have the sockets that they opened closed; whether there was one."""
    async with runtime.database.transaction(SYSTEM) as tx:
        ended = await repository.revoke_sessions(tx.session, which, because=because, now=tx.now)
        note_ended(tx, ended, because)
    for session_id, user_id in ended.items():
        log.info(
            "auth.session_ended",
            because=because.value,
            session_id=str(session_id),
            user_id=str(user_id),
        )
    for user_id in set(ended.values()):
        await recheck_sockets(runtime.redis, user_id)
    return bool(ended)


def note_ended(tx: Transaction, ended: Mapping[UUID, UUID], because: SessionEnd) -> None:
    """Note for the audit log that sessions ended; their owners by their ids."""
    for session_id, user_id in ended.items():
        kind = f"session.{because.value}"
        note(tx.session, kind, user_id=user_id, subject_id=session_id, at=tx.now)


def _shown(user_agent: str | None) -> str | None:
    if user_agent is None:
        return None
    return "".join(filter(str.isprintable, user_agent))[:USER_AGENT_LENGTH]
