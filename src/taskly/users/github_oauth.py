"""The calls to GitHub that sign somebody in: the web flow with PKCE, and the profile behind a token.

Nothing here logs or repeats what it sends: codes, verifiers and tokens are secrets.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx2
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from taskly.platform.settings import Settings
from taskly.users.errors import GitHubUnavailable, OAuthFailed
from taskly.users.github_application import GitHubApplication

SCOPES = "read:user user:email"
"""All that signing in needs."""
REPOSITORY_SCOPES = f"{SCOPES} repo admin:repo_hook"
"""What connecting repositories needs too. Apps with permissions of their own ignore scopes."""

CALLBACK_PATH = "/api/v1/auth/github/callback"

_AVATAR_HOSTS = frozenset({"avatars.githubusercontent.com"})
_TRY_AGAIN = "GitHub did not complete the sign-in. Go back to Taskly and sign in again."
_ASK_OPERATOR = (
    "GitHub refuses this installation of Taskly. Its operator has to check the client id, the client secret and the "
    "callback address of the GitHub application that people sign in with."
)
_OPERATORS_ERRORS = frozenset(
    {"incorrect_client_credentials", "redirect_uri_mismatch", "application_suspended"}
)

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class GitHubGrant:
    """What GitHub gave for a code. Secrets stay out of `repr`."""

    access_token: str = field(repr=False)
    scopes: tuple[str, ...]
    expires_at: datetime | None
    refresh_token: str | None = field(repr=False)
    refresh_token_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class GitHubProfile:
    """Who somebody is at GitHub."""

    id: int
    login: str
    name: str | None
    email: str | None
    """The primary address, if GitHub has verified it."""
    verified_emails: tuple[str, ...]
    """All that GitHub has verified, in lower case."""
    avatar_url: str | None


class _TokenAnswer(BaseModel):
    access_token: str | None = None
    scope: str = ""
    expires_in: int | None = None
    refresh_token: str | None = None
    refresh_token_expires_in: int | None = None
    error: str | None = None


class _UserAnswer(BaseModel):
    id: int = Field(gt=0)
    login: str = Field(min_length=1, max_length=80)
    name: str | None = None
    avatar_url: str | None = None


class _EmailAnswer(BaseModel):
    email: str
    primary: bool = False
    verified: bool = False


class GitHubOAuth:
    """GitHub's side of signing in. Use as an async context manager; open no transaction around it."""

    def __init__(self, settings: Settings, application: GitHubApplication) -> None:
        self._settings = settings
        self._application = application
        self._client = httpx2.AsyncClient(
            timeout=settings.github_timeout_seconds,
            follow_redirects=False,
            headers={"User-Agent": "Taskly"},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)

    async def exchange(self, code: str, verifier: str, now: datetime) -> GitHubGrant:
        """Exchange the code that the browser brought back.

        Raises:
            OAuthFailed: GitHub refuses; the detail says what to do.
            GitHubUnavailable: there is no answer that makes sense.
        """
        return await self._ask_for_tokens(
            now, code=code, redirect_uri=redirect_uri(self._settings), code_verifier=verifier
        )

    async def renew(self, refresh_token: str, now: datetime) -> GitHubGrant:
        """Exchange a refresh token for the next tokens; raises what `exchange` raises."""
        return await self._ask_for_tokens(
            now, grant_type="refresh_token", refresh_token=refresh_token
        )

    async def _ask_for_tokens(self, now: datetime, **fields: str) -> GitHubGrant:
        response = await self._send(
            "POST",
            f"{self._settings.github_web_url}/login/oauth/access_token",
            data={
                "client_id": self._application.client_id,
                "client_secret": self._application.client_secret,
                **fields,
            },
            headers={"Accept": "application/json"},
        )
        answer = _read(response, _TokenAnswer)
        if answer.error is not None or answer.access_token is None:
            known = answer.error in _OPERATORS_ERRORS
            raise OAuthFailed(_ASK_OPERATOR if known else _TRY_AGAIN)
        return GitHubGrant(
            access_token=answer.access_token,
            scopes=tuple(sorted(filter(None, answer.scope.replace(",", " ").split()))),
            expires_at=_after(now, answer.expires_in),
            refresh_token=answer.refresh_token,
            refresh_token_expires_at=_after(now, answer.refresh_token_expires_in),
        )

    async def profile(self, access_token: str) -> GitHubProfile:
        """Who the token belongs to.

        Raises:
            OAuthFailed: GitHub refuses the token.
            GitHubUnavailable: there is no answer that makes sense.
        """
        user = _read(await self._get("/user", access_token), _UserAnswer)
        verified = await self._verified_emails(access_token)
        return GitHubProfile(
            id=user.id,
            login=user.login,
            name=user.name,
            email=next((each.email for each in verified if each.primary), None),
            verified_emails=tuple(each.email.lower() for each in verified),
            avatar_url=self._trusted_avatar(user.avatar_url),
        )

    async def refuses(self, access_token: str) -> bool:
        """Whether GitHub says that the token counts no more. Where it says nothing clear, it does not."""
        try:
            return (await self._get("/user", access_token)).status_code == 401
        except GitHubUnavailable:
            return False

    async def _verified_emails(self, access_token: str) -> list[_EmailAnswer]:
        response = await self._get("/user/emails?per_page=100", access_token)
        if response.status_code in {403, 404}:
            return []
        return [each for each in _read(response, list[_EmailAnswer]) if each.verified]

    def _trusted_avatar(self, address: str | None) -> str | None:
        """The address, if it is one of GitHub's own: it will be put into everybody's page."""
        parts = urlsplit(address or "")
        own = urlsplit(self._settings.github_web_url)
        if parts.scheme == "https" and parts.netloc in _AVATAR_HOSTS:
            return address
        return address if (parts.scheme, parts.netloc) == (own.scheme, own.netloc) else None

    async def _get(self, path: str, access_token: str) -> httpx2.Response:
        return await self._send(
            "GET",
            f"{self._settings.github_api_url}{path}",
            headers={
                "Accept": "application/vnd.github+json, application/json",
                "Authorization": f"Bearer {access_token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    async def _send(self, method: str, url: str, **parts: Any) -> httpx2.Response:
        try:
            return await self._client.request(method, url, **parts)
        except httpx2.HTTPError:
            # The library's error holds the request, and the request holds secrets.
            raise _unavailable("GitHub does not answer.") from None


def authorize_url(
    settings: Settings,
    application: GitHubApplication,
    *,
    state: str,
    challenge: str,
    repositories: bool = False,
) -> str:
    """Where the browser goes to ask GitHub's consent, to reach `repositories` as well or not."""
    query = {
        "client_id": application.client_id,
        "redirect_uri": redirect_uri(settings),
        "scope": REPOSITORY_SCOPES if repositories else SCOPES,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{settings.github_web_url}/login/oauth/authorize?{urlencode(query)}"


def redirect_uri(settings: Settings) -> str:
    """The one address to which GitHub sends browsers back."""
    return settings.public_url + CALLBACK_PATH


def _read(response: httpx2.Response, shape: type[Shape]) -> Shape:
    if response.status_code in {401, 403}:
        raise OAuthFailed(_TRY_AGAIN)
    if response.status_code != 200:
        raise _unavailable("GitHub has a problem of its own.")
    try:
        return TypeAdapter(shape).validate_json(response.content)
    except ValidationError:
        raise _unavailable("GitHub's answer can't be read.") from None


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _unavailable(what: str) -> GitHubUnavailable:
    return GitHubUnavailable(f"{what} Try again in a minute.", retry_after=60)
