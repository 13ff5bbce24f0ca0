"""Access tokens: JWTs (RFC 9068, RFC 8725) that live for 15 minutes and say who asks, never what for.

There is one algorithm, HS256, and it is not read from the token: a token's header must be, letter by
letter, one that we write ourselves. What a person may do is looked up with each request, so a token
holds no role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import jwt

from taskly.kit.json import MalformedJson, dumps, loads_strict
from taskly.users.signing_keys import SigningKeys

AUDIENCE = "taskly"
LEEWAY_SECONDS = 10
MAXIMUM_LENGTH = 8 * 1024
REMEMBERED = 4096

_ALGORITHM = "HS256"
_JWS = jwt.PyJWS(algorithms=[_ALGORITHM])

Kind = TypeVar("Kind")


class InvalidAccessToken(Exception):
    """The token proves nothing. The message is for us, never for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid access token says."""

    user_id: UUID
    session_id: UUID
    not_before: int
    expires_at: int


class AccessTokens:
    """Issues and verifies access tokens."""

    def __init__(self, keys: SigningKeys, *, issuer: str, lifetime_seconds: int) -> None:
        self._issuer = issuer
        self._lifetime_seconds = lifetime_seconds
        self._key_id, self._key = keys.newest
        self._key_of_header = {_header(key_id, key): key for key_id, key in keys}
        # The same token comes with hundreds of requests: what does not depend on the time is
        # verified once.
        self._read: Callable[[str], Claims] = lru_cache(REMEMBERED)(self._verify)

    def issue(self, *, user_id: UUID, session_id: UUID, token_id: UUID, at: datetime) -> str:
        """A token for one session. The same arguments give the same token."""
        issued_at = int(at.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "jti": token_id,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + self._lifetime_seconds,
        }
        return _sign(dumps(claims), self._key_id, self._key)

    def verify(self, token: str, now: datetime) -> Claims:
        """What the token says, if it is ours and its time is now.

        Raises:
            InvalidAccessToken: in every other case.
        """
        if len(token) > MAXIMUM_LENGTH or not token.isascii():
            raise InvalidAccessToken("too long, or not ASCII")
        claims = self._read(token)
        moment = now.timestamp()
        if not claims.not_before - LEEWAY_SECONDS <= moment < claims.expires_at + LEEWAY_SECONDS:
            raise InvalidAccessToken("not now")
        return claims

    def _verify(self, token: str) -> Claims:
        key = self._key_of_header.get(token.partition(".")[0])
        if key is None:
            raise InvalidAccessToken("not a header that we write")
        try:
            payload = loads_strict(_JWS.decode(token, key, algorithms=[_ALGORITHM]))
        except (jwt.InvalidTokenError, MalformedJson) as error:
            raise InvalidAccessToken("not signed by us") from error
        if not isinstance(payload, dict):
            raise InvalidAccessToken("no claims")
        if payload.get("iss") != self._issuer or payload.get("aud") != AUDIENCE:
            raise InvalidAccessToken("for somebody else")
        _claim(payload, "jti", str)
        return Claims(
            user_id=_id_claim(payload, "sub"),
            session_id=_id_claim(payload, "sid"),
            not_before=max(_claim(payload, "nbf", int), _claim(payload, "iat", int)),
            expires_at=_claim(payload, "exp", int),
        )


def _sign(payload: bytes, key_id: str, key: bytes) -> str:
    return _JWS.encode(payload, key, _ALGORITHM, headers={"typ": "at+jwt", "kid": key_id})


def _header(key_id: str, key: bytes) -> str:
    return _sign(b"", key_id, key).partition(".")[0]


def _claim(payload: dict[str, Any], name: str, kind: type[Kind]) -> Kind:
    value = payload.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidAccessToken(f"{name} is missing or of another kind")
    return value


def _id_claim(payload: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(_claim(payload, name, str))
    except ValueError:
        raise InvalidAccessToken(f"{name} is not an id") from None
