"""What a session hands out: an access token and a refresh token, as a pair.

A pair is a pure function of the rows behind it and of our keys. So the answer to a refresh can be given
again, letter by letter, although neither token is stored (see `taskly.users.refreshing`).
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from taskly.kit.tokens import hash_token
from taskly.platform.settings import Settings
from taskly.users.access_tokens import AccessTokens
from taskly.users.models import RefreshToken, Session
from taskly.users.rules import base64url
from taskly.users.signing_keys import SigningKeys

_SUCCESSION = "taskly refresh token succession"


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A pair of tokens for its owner's eyes; the tokens stay out of `repr`."""

    user_id: UUID
    session_id: UUID
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime


class Issuer:
    """Makes pairs of tokens, and the secrets of refresh tokens out of their predecessors'."""

    def __init__(self, settings: Settings) -> None:
        self._keys = SigningKeys.parse(settings.jwt_keys.get_secret_value())
        self._access_seconds = settings.access_token_seconds
        self._refresh_seconds = settings.refresh_token_seconds
        self.session_seconds = settings.session_seconds
        self.access_tokens = AccessTokens(
            self._keys, issuer=settings.public_url, lifetime_seconds=self._access_seconds
        )

    def refresh_expiry(self, now: datetime, session: Session) -> datetime:
        """Until when a refresh token made now counts; never beyond the session's end."""
        return min(now + timedelta(seconds=self._refresh_seconds), session.ends_at)

    def pair(self, session: Session, token: RefreshToken, secret: str) -> IssuedTokens:
        """The pair that belongs to an issued refresh token, whenever it is asked for."""
        return IssuedTokens(
            user_id=session.user_id,
            session_id=session.id,
            access_token=self.access_tokens.issue(
                user_id=session.user_id,
                session_id=session.id,
                token_id=token.id,
                at=token.created_at,
            ),
            access_expires_at=token.created_at + timedelta(seconds=self._access_seconds),
            refresh_token=secret,
            refresh_expires_at=token.expires_at,
        )

    def next_secret(self, secret: str) -> str:
        """The secret of the token that follows the one with this secret."""
        return base64url(next(self._keys.derive(_SUCCESSION, secret)))

    def known_next_secret(self, secret: str, token_hash: bytes) -> str | None:
        """The secret of an existing successor with this hash, found also while keys change."""
        for raw in self._keys.derive(_SUCCESSION, secret):
            following = base64url(raw)
            if hmac.compare_digest(hash_token(following), token_hash):
                return following
        return None
