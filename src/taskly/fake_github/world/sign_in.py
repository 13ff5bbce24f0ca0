"""OAuth: applications that people can sign in to, and the codes on their way."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from taskly.fake_github.world.accounts import Account

CODE_LIFETIME = timedelta(minutes=10)
ACCESS_LIFETIME = timedelta(hours=8)
REFRESH_LIFETIME = timedelta(seconds=15_897_600)


@dataclass(eq=False)
class OAuthApplication:
    """A program that people let act for them.

    Without callback addresses any address may be asked for. With `expiring_tokens` it behaves as a
    GitHub App: access tokens end after eight hours and come with a refresh token for one use.
    """

    client_id: str
    client_secret: str
    name: str
    callback_urls: list[str] = field(default_factory=list)
    expiring_tokens: bool = False

    def allows_callback(self, address: str) -> bool:
        """Whether the browser may be sent back to this address."""
        return not self.callback_urls or any(
            address == known or address.startswith(known.rstrip("/") + "/")
            for known in self.callback_urls
        )

    def has_secret(self, secret: str) -> bool:
        """Whether this is the client secret."""
        return hmac.compare_digest(secret.encode(), self.client_secret.encode())


@dataclass(eq=False)
class Code:
    """What the browser carries back, good for one exchange."""

    value: str
    account: Account
    client_id: str
    redirect_uri: str | None
    scopes: tuple[str, ...]
    challenge: str | None
    issued_at: datetime

    def is_proven_by(self, verifier: str | None) -> bool:
        """Whether the verifier belongs to the challenge (PKCE, S256)."""
        if self.challenge is None:
            return True
        digest = hashlib.sha256((verifier or "").encode()).digest()
        expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return hmac.compare_digest(expected, self.challenge)

    def is_expired(self, now: datetime) -> bool:
        """Whether it came too late."""
        return now >= self.issued_at + CODE_LIFETIME


@dataclass(frozen=True)
class RefreshToken:
    """Gets the next pair of tokens, once, and ends the access token that it came with."""

    value: str
    access_token: str
    account: Account
    client_id: str
    scopes: tuple[str, ...] | None
    expires_at: datetime


@dataclass(eq=False)
class SignIn:
    """Everything about signing in."""

    applications: dict[str, OAuthApplication] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
