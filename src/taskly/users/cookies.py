"""The cookies of browsers.

Over HTTPS they carry `Secure` and the `__Host-` prefix, so that no other host and no plain-HTTP page can
set them (RFC 6265bis); that needs `Path=/`. On plain-HTTP loopback they have plain names.
"""

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from taskly.platform.settings import Settings
from taskly.users.issuing import IssuedTokens


class Cookies:
    """Names and attributes of our cookies under the present settings."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.cookies_secure
        prefix = "__Host-" if self._secure else ""
        self.access = f"{prefix}taskly_access"
        self.refresh = f"{prefix}taskly_refresh"
        self.oauth = f"{prefix}taskly_oauth"

    def sign_in(self, response: Response, tokens: IssuedTokens, now: datetime) -> None:
        """Hand a pair of tokens to the browser."""
        self._set(response, self.access, tokens.access_token, tokens.access_expires_at, now)
        self._set(response, self.refresh, tokens.refresh_token, tokens.refresh_expires_at, now)

    def sign_out(self, response: Response) -> None:
        """Take the tokens away from the browser."""
        for name in (self.access, self.refresh):
            self.clear(response, name)

    def begin_oauth(self, response: Response, secret: str, seconds: int) -> None:
        """Give the browser what it has to bring back from GitHub."""
        self._put(response, self.oauth, secret, seconds)

    def clear(self, response: Response, name: str) -> None:
        """Make the browser forget one cookie."""
        self._put(response, name, "", 0)

    def refresh_token(self, cookies: Mapping[str, str]) -> str | None:
        """The refresh token that a browser sent."""
        return cookies.get(self.refresh)

    def _set(
        self, response: Response, name: str, value: str, expires_at: datetime, now: datetime
    ) -> None:
        self._put(response, name, value, max(0, int((expires_at - now).total_seconds())))

    def _put(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
