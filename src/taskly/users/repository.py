"""Every query about people, sessions, tokens and sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from taskly.platform.tables import Identified
from taskly.users.models import (
    ApiToken,
    OAuthState,
    RefreshToken,
    Session,
    SessionEnd,
    SignInLink,
    User,
)


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A personal token that counts."""

    id: UUID
    user_id: UUID
    scopes: list[str]
    expires_at: datetime
    last_used_at: datetime | None


# People.


async def user(session: AsyncSession, user_id: UUID) -> User | None:
    """A person who was not deleted."""
    return await session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)))


async def user_to_mention(session: AsyncSession, user_id: UUID) -> User | None:
    """As `user`, and the person stays until the transaction ends."""
    return await session.scalar(
        select(User)
        .where(User.id == user_id, User.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )


async def lock_user(session: AsyncSession, user_id: UUID) -> User | None:
    """As `user`, locked until the end of the transaction against changes, but not against mention."""
    return await session.scalar(
        select(User)
        .where(User.id == user_id, User.deleted_at.is_(None))
        .with_for_update(key_share=True)
    )


async def github_user(session: AsyncSession, github_id: int) -> User | None:
    """The person with this account at GitHub."""
    return await session.scalar(select(User).where(User.github_id == github_id))


async def lock_github_user(session: AsyncSession, github_id: int) -> User | None:
    """The person with this account at GitHub, locked as by `lock_user`."""
    return await session.scalar(
        select(User).where(User.github_id == github_id).with_for_update(key_share=True)
    )


async def lock_local_user(session: AsyncSession, login: str) -> User | None:
    """The local person with this login, in any case of letters, locked as by `lock_user`."""
    return await session.scalar(
        select(User)
        .where(
            func.lower(User.login) == login.lower(),
            User.github_id.is_(None),
            User.deleted_at.is_(None),
        )
        .with_for_update(key_share=True)
    )


async def renamed_local_login(session: AsyncSession, login: str) -> str | None:
    """What a local person is called since their login is somebody else's at GitHub."""
    found: str | None = await session.scalar(
        select(User.login).where(
            User.github_id.is_(None),
            User.deleted_at.is_(None),
            func.lower(User.login).startswith(f"{login.lower()}~", autoescape=True),
        )
    )
    return found


async def others_with_login(
    session: AsyncSession, login: str, *, except_github_id: int
) -> Sequence[User]:
    """People who go by a login that is somebody else's at GitHub by now, locked as by `lock_user`."""
    found = await session.scalars(
        select(User)
        .where(
            func.lower(User.login) == login.lower(),
            User.github_id.is_distinct_from(except_github_id),
        )
        .with_for_update(key_share=True)
    )
    return found.all()


async def add_user_unless_there(
    session: AsyncSession, *, github_id: int | None, login: str, name: str, now: datetime
) -> None:
    """Make a person; do nothing when the account or the login is taken."""
    await session.execute(
        insert(User)
        .values(github_id=github_id, login=login, name=name, created_at=now, updated_at=now)
        .on_conflict_do_nothing()
    )


# Sessions.


def _live(now: datetime) -> ColumnElement[bool]:
    return (
        Session.revoked_at.is_(None)
        & (Session.ends_at > now)
        & select(User.id).where(User.id == Session.user_id, User.deleted_at.is_(None)).exists()
    )


async def live_sessions(
    session: AsyncSession, session_ids: Sequence[UUID], now: datetime
) -> set[UUID]:
    """Those of the sessions that have not ended."""
    found = await session.scalars(select(Session.id).where(Session.id.in_(session_ids), _live(now)))
    return set(found)


async def sessions_of(
    session: AsyncSession, user_id: UUID, *, now: datetime, after: UUID | None, limit: int
) -> Sequence[Session]:
    """The live sessions of a person, oldest first."""
    query = select(Session).where(Session.user_id == user_id, _live(now))
    return await _page(session, query, Session.id, after, limit)


async def revoke_sessions(
    session: AsyncSession, which: ColumnElement[bool], *, because: SessionEnd, now: datetime
) -> dict[UUID, UUID]:
    """End the sessions that have not ended yet; those that this call ended, with their owners."""
    ended = await session.execute(
        update(Session)
        .where(Session.revoked_at.is_(None), which)
        .values(revoked_at=now, revoked_because=because)
        .returning(Session.id, Session.user_id)
    )
    return {row.id: row.user_id for row in ended}


async def touch_session(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Note that the session was used."""
    await session.execute(update(Session).where(Session.id == session_id).values(last_used_at=now))


# Refresh tokens.


async def use_refresh_token(
    session: AsyncSession, token_hash: bytes, now: datetime
) -> tuple[RefreshToken, Session] | None:
    """Use up a token that counts. Of any number of callers at once exactly one gets it."""
    row = (
        await session.execute(
            update(RefreshToken)
            .where(
                RefreshToken.token_hash == token_hash,
                RefreshToken.used_at.is_(None),
                RefreshToken.expires_at > now,
                RefreshToken.session_id == Session.id,
                _live(now),
            )
            .values(used_at=now)
            .returning(RefreshToken, Session)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def refresh_token(
    session: AsyncSession, token_hash: bytes
) -> tuple[RefreshToken, Session] | None:
    """An issued refresh token, used or not, with its session. Deleted people have none."""
    return await _refresh_token(session, RefreshToken.token_hash == token_hash)


async def successor(session: AsyncSession, token_id: UUID) -> RefreshToken | None:
    """The token that was made by using this one."""
    found = await _refresh_token(session, RefreshToken.predecessor_id == token_id)
    return None if found is None else found[0]


async def _refresh_token(
    session: AsyncSession, which: ColumnElement[bool]
) -> tuple[RefreshToken, Session] | None:
    query = (
        select(RefreshToken, Session)
        .join(Session, Session.id == RefreshToken.session_id)
        .join(User, User.id == Session.user_id)
        .where(which, User.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


# Personal tokens.


async def live_api_token(
    session: AsyncSession, token_hash: bytes, now: datetime
) -> LiveToken | None:
    """The personal token with this hash, if it counts."""
    row = (
        await session.execute(
            select(
                ApiToken.id,
                ApiToken.user_id,
                ApiToken.scopes,
                ApiToken.expires_at,
                ApiToken.last_used_at,
            )
            .join(User, User.id == ApiToken.user_id)
            .where(
                ApiToken.token_hash == token_hash,
                ApiToken.expires_at > now,
                User.deleted_at.is_(None),
            )
        )
    ).one_or_none()
    return None if row is None else LiveToken(*row)


async def live_api_tokens(
    session: AsyncSession, token_ids: Sequence[UUID], now: datetime
) -> set[UUID]:
    """Those of the personal tokens that count."""
    found = await session.scalars(
        select(ApiToken.id)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.id.in_(token_ids), ApiToken.expires_at > now, User.deleted_at.is_(None))
    )
    return set(found)


async def touch_api_token(
    session: AsyncSession, token_id: UUID, now: datetime, *, unless_since: datetime
) -> None:
    """Note that the token was used, unless that was noted lately."""
    await session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            ApiToken.last_used_at.is_(None) | (ApiToken.last_used_at <= unless_since),
        )
        .values(last_used_at=now)
    )


async def api_tokens_of(
    session: AsyncSession, user_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[ApiToken]:
    """A person's tokens, expired ones too, oldest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id)
    return await _page(session, query, ApiToken.id, after, limit)


async def count_api_tokens(session: AsyncSession, user_id: UUID) -> int:
    """How many tokens the person has. Exact while the person is locked."""
    count = await session.scalar(
        select(func.count()).select_from(ApiToken).where(ApiToken.user_id == user_id)
    )
    return count or 0


async def delete_api_token(session: AsyncSession, user_id: UUID, token_id: UUID) -> bool:
    """Delete a token of the person; False when there is none."""
    gone = await session.scalar(
        delete(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.user_id == user_id)
        .returning(ApiToken.id)
    )
    return gone is not None


# Sign-ins under way.


async def use_oauth_state(
    session: AsyncSession, state_hash: bytes, browser_hash: bytes, now: datetime
) -> str | None:
    """Use up a sign-in that this browser began; where it leads to."""
    return await session.scalar(
        update(OAuthState)
        .where(
            OAuthState.state_hash == state_hash,
            OAuthState.browser_hash == browser_hash,
            OAuthState.used_at.is_(None),
            OAuthState.expires_at > now,
        )
        .values(used_at=now)
        .returning(OAuthState.return_to)
    )


async def use_sign_in_link(session: AsyncSession, token_hash: bytes, now: datetime) -> UUID | None:
    """Use up a one-time link; whom it signs in."""
    return await session.scalar(
        update(SignInLink)
        .where(
            SignInLink.token_hash == token_hash,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.user_id)
    )


async def is_usable_link(session: AsyncSession, token_hash: bytes, now: datetime) -> bool:
    """Whether a one-time link would still sign somebody in."""
    found = await session.scalar(
        select(SignInLink.id).where(
            SignInLink.token_hash == token_hash,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
    )
    return found is not None


async def forget_ended(
    session: AsyncSession, *, sign_ins_before: datetime, sessions_before: datetime, limit: int
) -> int:
    """Delete sign-ins and sessions that were over by then, at most `limit` rows of each kind; how many went."""
    over: tuple[tuple[type[Identified], ColumnElement[bool]], ...] = (
        (OAuthState, OAuthState.expires_at < sign_ins_before),
        (SignInLink, SignInLink.expires_at < sign_ins_before),
        (RefreshToken, RefreshToken.expires_at < sessions_before),
        (Session, (Session.ends_at < sessions_before) | (Session.revoked_at < sessions_before)),
    )
    forgotten = 0
    for kind, condition in over:
        doomed = select(kind.id).where(condition).limit(limit)
        gone = await session.scalars(delete(kind).where(kind.id.in_(doomed)).returning(kind.id))
        forgotten += len(gone.all())
    return forgotten


async def _page(
    session: AsyncSession, query: Select[Any], key: Any, after: UUID | None, limit: int
) -> Sequence[Any]:
    if after is not None:
        query = query.where(key > after)
    return (await session.scalars(query.order_by(key).limit(limit))).all()
