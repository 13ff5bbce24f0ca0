"""The cookies of browsers.

Over HTTPS they carry `Secure` and the `__Host-` prefix, so that no other host and no plain-HTTP page can
set them (RFC 6265bis); that needs `Path=/`. On plain HTTP, which is meant for loopback, the names end with the
port: browsers do not keep the cookies of two ports apart, so a second Taskly on the same machine would
replace those of the first.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from starlette.responses import Response

from taskly.platform.http.problems import Problem
from taskly.platform.settings import Settings
from taskly.users.issuing import IssuedTokens

HTTP_PORT = 80


class Cookies:
    """Names and attributes of our cookies under the present settings."""

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.cookies_secure
        self.access = self._named("access", settings.public_url)
        self.refresh = self._named("refresh", settings.public_url)
        self.oauth = self._named("oauth", settings.public_url)

    def sign_in(self, response: Response, tokens: IssuedTokens, now: datetime) -> None:
        """Hand a pair of tokens to the browser."""
        self._set(response, self.access, tokens.access_token, tokens.access_expires_at, now)
        self._set(response, self.refresh, tokens.refresh_token, tokens.refresh_expires_at, now)

    def sign_out(self, response: Response) -> None:
        """Take the tokens away from the browser."""
        for name in (self.access, self.refresh):
            self.clear(response, name)

    def sign_out_with(self, refusal: Problem) -> None:
        """Take the tokens away from the browser along with a problem."""
        carrier = Response()
        self.sign_out(carrier)
        refusal.cookies = carrier.headers.getlist("set-cookie")

    def begin_oauth(self, response: Response, secret: str, seconds: int) -> None:
        """Give the browser what it has to bring back from GitHub."""
        self._put(response, self.oauth, secret, seconds)

    def clear(self, response: Response, name: str) -> None:
        """Make the browser forget one cookie."""
        self._put(response, name, "", 0)

    def refresh_token(self, cookies: Mapping[str, str]) -> str | None:
        """The refresh token that a browser sent."""
        return cookies.get(self.refresh)

    def _named(self, what: str, public_url: str) -> str:
        if self._secure:
            return f"__Host-taskly_{what}"
        return f"taskly_{what}_{urlsplit(public_url).port or HTTP_PORT}"

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
