"""What the API shows of people, sessions and tokens, and takes for them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.platform.http.schema import Integer, Line, Request, Response
from taskly.users.issuing import IssuedTokens
from taskly.users.models import NAME_LENGTH, ApiToken, Session, User
from taskly.users.personal_tokens import NewToken, Scope
from taskly.users.principal import Principal

_ID = "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"
_SOON = "2026-11-23T09:15:00Z"
_LATER = "2026-11-30T09:00:00Z"

Secret = Annotated[str, Field(min_length=1, max_length=200)]


class SignInMethods(Response):
    """The ways to sign in here."""

    model_config = ConfigDict(json_schema_extra={"example": {"github": True, "link": False}})

    github: bool = Field(description="`GET /auth/github/login` works.")
    link: bool = Field(description="One-time links work.")


class CookieSession(Response):
    """A session of a browser: its tokens are in cookies, out of the reach of scripts."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"expires_at": _SOON, "refresh_expires_at": _LATER}}
    )

    expires_at: datetime = Field(description="Refresh before this.")
    refresh_expires_at: datetime = Field(description="Refreshing works until this.")

    @classmethod
    def of(cls, tokens: IssuedTokens) -> Self:
        """The answer for a browser."""
        return cls(
            expires_at=tokens.access_expires_at, refresh_expires_at=tokens.refresh_expires_at
        )


class TokenPair(Response):
    """A session of a program: send `access_token` as a bearer token, refresh with the other."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "token_type": "Bearer",
                "access_token": "eyJhbGciOi…",
                "expires_at": _SOON,
                "refresh_token": "pTUpE1wXbS…",
                "refresh_expires_at": _LATER,
            }
        }
    )

    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    access_token: str
    expires_at: datetime = Field(description="Refresh before this.")
    refresh_token: str = Field(description="Good once; its use gives the next one.")
    refresh_expires_at: datetime = Field(description="Refreshing works until this.")

    @classmethod
    def of(cls, tokens: IssuedTokens) -> Self:
        """The answer for a program."""
        return cls(
            access_token=tokens.access_token,
            expires_at=tokens.access_expires_at,
            refresh_token=tokens.refresh_token,
            refresh_expires_at=tokens.refresh_expires_at,
        )


class RefreshSession(Request):
    """For programs; browsers send their cookie instead."""

    refresh_token: Secret


class UseLink(Request):
    """The token of a one-time link, as it stands in the link's address."""

    token: Secret


class SessionResponse(Response):
    """One sign-in of the caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "current": True,
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                "address": "192.0.2.7",
                "created_at": "2026-11-23T09:00:00Z",
                "last_used_at": "2026-11-23T09:00:00Z",
                "ends_at": "2026-12-23T09:00:00Z",
            }
        }
    )

    id: UUID
    current: bool = Field(description="The request was made in this session.")
    user_agent: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime = Field(description="When its tokens were last refreshed.")
    ends_at: datetime = Field(description="The session ends then at the latest.")

    @classmethod
    def of(cls, session: Session, principal: Principal) -> Self:
        """The answer for its owner."""
        return cls(
            id=session.id,
            current=session.id == principal.session_id,
            user_agent=session.user_agent,
            address=session.address,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            ends_at=session.ends_at,
        )


class MeResponse(Response):
    """The caller."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "login": "octocat",
                "name": "Mona Lisa",
                "email": "mona@example.com",
                "avatar_url": "https://avatars.githubusercontent.com/u/583231",
                "github_connected": True,
                "github_scopes": ["read:user", "user:email"],
                "scopes": ["admin", "read", "write"],
                "created_at": "2026-11-23T09:00:00Z",
            }
        }
    )

    id: UUID
    login: str
    name: str
    email: str | None = Field(description="The primary address that GitHub has verified.")
    avatar_url: str | None
    github_connected: bool = Field(description="Taskly may act for the caller at GitHub.")
    github_scopes: list[str]
    scopes: list[Scope] = Field(description="What the credentials of this request allow.")
    created_at: datetime

    @classmethod
    def of(cls, user: User, principal: Principal) -> Self:
        """The answer for the person."""
        return cls(
            id=user.id,
            login=user.login,
            name=user.name,
            email=user.email,
            avatar_url=user.avatar_url,
            github_connected=user.github_token is not None,
            github_scopes=user.github_scopes,
            scopes=sorted(principal.scopes),
            created_at=user.created_at,
        )


class UpdateMe(Request):
    """What can be changed."""

    name: Annotated[Line, Field(max_length=NAME_LENGTH, examples=["Mona Lisa"])]


class CreateToken(Request):
    """A new personal token."""

    name: Annotated[Line, Field(max_length=NAME_LENGTH, examples=["Release script"])]
    scopes: Annotated[
        list[Scope],
        Field(
            min_length=1,
            max_length=3,
            description="`read`: GET only; `write`: changes too; `admin`: also people, "
            "repositories, settings, sessions and tokens. Each includes the ones before it.",
            examples=[["read"]],
        ),
    ]
    expires_in_days: Annotated[Integer, Field(ge=1, le=366)] = 90


class TokenResponse(Response):
    """A personal token, without what makes it work."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "name": "Release script",
                "scopes": ["read"],
                "last_four": "x3Qw",
                "created_at": "2026-11-23T09:00:00Z",
                "expires_at": "2027-02-21T09:00:00Z",
                "last_used_at": None,
            }
        }
    )

    id: UUID
    name: str
    scopes: list[Scope]
    last_four: str = Field(description="The token's last four characters, to recognise it by.")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="Right to the minute.")

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """The answer for the token's owner."""
        return cls.model_validate(token)


class CreatedTokenResponse(TokenResponse):
    """A personal token just made, with the token itself: it is never shown again."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": _ID,
                "name": "Release script",
                "scopes": ["read"],
                "last_four": "x3Qw",
                "created_at": "2026-11-23T09:00:00Z",
                "expires_at": "2027-02-21T09:00:00Z",
                "last_used_at": None,
                "token": "tsk_…",
            }
        }
    )

    token: str

    @classmethod
    def made(cls, new: NewToken) -> Self:
        """The answer for the token's owner, once."""
        shown = TokenResponse.of(new.token).model_dump()
        return cls(**shown, token=new.secret)
