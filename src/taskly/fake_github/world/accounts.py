"""Users, organisations and their tokens."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

AccountKind = Literal["User", "Organization", "Bot"]

_ALPHABET = string.ascii_letters + string.digits
_WITHIN: dict[str, frozenset[str]] = {
    "repo": frozenset(
        {"public_repo", "repo:status", "admin:repo_hook", "write:repo_hook", "read:repo_hook"}
    ),
    "admin:repo_hook": frozenset({"write:repo_hook", "read:repo_hook"}),
    "write:repo_hook": frozenset({"read:repo_hook"}),
    "user": frozenset({"read:user", "user:email"}),
}


@dataclass(eq=False)
class EmailAddress:
    """An address of an account, as `GET /user/emails` shows it."""

    email: str
    verified: bool = True
    primary: bool = True
    visibility: Literal["public", "private"] | None = "private"


@dataclass(eq=False)
class Account:
    """A user or an organisation."""

    id: int
    login: str
    name: str | None
    kind: AccountKind
    created_at: datetime
    updated_at: datetime
    emails: list[EmailAddress] = field(default_factory=list)
    bio: str | None = None
    company: str | None = None
    location: str | None = None
    blog: str | None = None
    hireable: bool | None = None
    twitter_username: str | None = None

    @property
    def primary_email(self) -> EmailAddress | None:
        """The address that GitHub writes to."""
        return next((email for email in self.emails if email.primary), None)

    @property
    def public_email(self) -> str | None:
        """The address on the profile, if the user shows one."""
        email = self.primary_email
        return email.email if email is not None and email.visibility == "public" else None

    @property
    def commit_email(self) -> str:
        """The address that commits made on the web carry."""
        email = self.primary_email
        return email.email if email else f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(eq=False)
class Token:
    """What a program shows to act for an account.

    Scopes are None for tokens of a GitHub app, which have permissions instead.
    """

    id: int
    value: str
    account: Account
    scopes: tuple[str, ...] | None
    created_at: datetime
    client_id: str | None = None
    expires_at: datetime | None = None
    installation_id: int | None = None

    @property
    def limited_as(self) -> str:
        """Whose rate limit its requests count against: an installation has one of its own."""
        if self.installation_id is not None:
            return f"installation {self.installation_id}"
        return self.account.login

    def allows(self, scope: str) -> bool:
        """Whether the token carries the scope, or a wider one."""
        if self.scopes is None:
            return True
        return any(scope == own or scope in _WITHIN.get(own, ()) for own in self.scopes)

    def is_expired(self, now: datetime) -> bool:
        """Whether the token has had its time."""
        return self.expires_at is not None and now >= self.expires_at


def new_secret(prefix: str, length: int = 36) -> str:
    """An unguessable value that looks like GitHub's own."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))
