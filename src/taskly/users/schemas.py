"""What the API shows of people, sessions and tokens, and takes for them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from taskly.platform.http.schema import Integer, Line, Request, Response
from taskly.users.issuing import IssuedTokens
from taskly.users.models import NAME_LENGTH, ApiToken, Session, User
from taskly.users.personal_tokens import NewToken, Scope
from taskly.users.principal import Principal

_SOON = "2026-11-23T09:15:00Z"
_LATER = "2026-11-30T09:00:00Z"

Secret = Annotated[str, Field(min_length=1, max_length=200, examples=["pTUpE1wXbS…"])]


class SignInMethods(Response):
    """The ways to sign in here."""

    github: bool = Field(examples=[True], description="`GET /auth/github/login` works.")
    link: bool = Field(description="One-time links work.")


class CookieSession(Response):
    """A session of a browser: its tokens are in cookies, out of the reach of scripts."""

    expires_at: datetime = Field(examples=[_SOON], description="Refresh before this.")
    refresh_expires_at: datetime = Field(
        examples=[_LATER], description="Refreshing works until this."
    )

    @classmethod
    def of(cls, tokens: IssuedTokens) -> Self:
        """The answer for a browser."""
        return cls(
            expires_at=tokens.access_expires_at, refresh_expires_at=tokens.refresh_expires_at
        )


class TokenPair(Response):
    """A session of a program: send `access_token` as a bearer token, refresh with the other."""

    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    access_token: str = Field(examples=["eyJhbGciOi…"])
    expires_at: datetime = Field(examples=[_SOON], description="Refresh before this.")
    refresh_token: str = Field(
        examples=["pTUpE1wXbS…"], description="Good once; its use gives the next one."
    )
    refresh_expires_at: datetime = Field(
        examples=[_LATER], description="Refreshing works until this."
    )

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

    id: UUID
    current: bool = Field(examples=[True], description="The request was made in this session.")
    user_agent: str | None = Field(examples=["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"])
    address: str | None = Field(examples=["192.0.2.7"])
    created_at: datetime
    last_used_at: datetime = Field(description="When its tokens were last refreshed.")
    ends_at: datetime = Field(
        examples=["2026-12-23T09:00:00Z"], description="The session ends then at the latest."
    )

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

    id: UUID
    login: str = Field(examples=["octocat"])
    name: str = Field(examples=["Mona Lisa"])
    email: str | None = Field(
        examples=["mona@example.com"], description="The primary address that GitHub has verified."
    )
    avatar_url: str | None = Field(examples=["https://avatars.githubusercontent.com/u/583231"])
    github_connected: bool = Field(
        examples=[True], description="Taskly may act for the caller at GitHub."
    )
    github_scopes: list[str] = Field(examples=[["read:user", "user:email"]])
    scopes: list[Scope] = Field(
        examples=[["admin", "read", "write"]],
        description="What the credentials of this request allow.",
    )
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
            description="`read`: GET only; `write`: changes too; `admin`: also what only admins of "
            "a workspace may do, and listing and ending sessions and tokens. Each includes the ones "
            "before it.",
            examples=[["read"]],
        ),
    ]
    expires_in_days: Annotated[Integer, Field(ge=1, le=366)] = 90


class TokenResponse(Response):
    """A personal token, without what makes it work."""

    id: UUID
    name: str = Field(examples=["Release script"])
    scopes: list[Scope] = Field(examples=[["read"]])
    last_four: str = Field(
        examples=["x3Qw"], description="The token's last four characters, to recognise it by."
    )
    created_at: datetime
    expires_at: datetime = Field(examples=["2027-02-21T09:00:00Z"])
    last_used_at: datetime | None = Field(examples=[None], description="Right to the minute.")

    @classmethod
    def of(cls, token: ApiToken) -> Self:
        """The answer for the token's owner."""
        return cls.model_validate(token)


class CreatedTokenResponse(TokenResponse):
    """A personal token just made, with the token itself: it is never shown again."""

    token: str = Field(examples=["tsk_…"])

    @classmethod
    def made(cls, new: NewToken) -> Self:
        """The answer for the token's owner, once."""
        shown = TokenResponse.of(new.token).model_dump()
        return cls(**shown, token=new.secret)
