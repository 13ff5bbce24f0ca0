"""Tables of people, their sessions and everything that lets somebody in.

Of every token only its SHA-256 is kept: a copy of the database opens no door.
"""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, Timestamped, native_enum

NAME_LENGTH = 100
LOGIN_LENGTH = 100
USER_AGENT_LENGTH = 400
VERIFIED_EMAILS = 100
"""As many of somebody's addresses are remembered."""


class User(Identified, Timestamped, Base):
    """A person, from GitHub (with a `github_id`) or local (without).

    GitHub's numeric id says who somebody is. Logins are renamed and addresses change hands: neither
    ever decides whose account this is.
    """

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("github_id"),
        Index("uq_users_lower_login", text("lower(login)"), unique=True),
        Index("ix_users_lower_email", text("lower(email)")),
        Index("ix_users_verified_emails", "verified_emails", postgresql_using="gin"),
        Index("ix_users_placeholder_of", "placeholder_of"),
        Index(
            "ix_users_lower_file_login",
            text("lower(file_login)"),
            postgresql_where=text("file_login IS NOT NULL"),
        ),
        CheckConstraint(f"char_length(login) BETWEEN 1 AND {LOGIN_LENGTH}", name="login_length"),
        CheckConstraint(
            f"char_length(file_login) BETWEEN 1 AND {LOGIN_LENGTH}", name="file_login_length"
        ),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name_length"),
        CheckConstraint("char_length(email) BETWEEN 3 AND 320", name="email_length"),
        CheckConstraint("char_length(avatar_url) <= 2000", name="avatar_url_length"),
        CheckConstraint(
            f"cardinality(verified_emails) <= {VERIFIED_EMAILS}", name="verified_emails_count"
        ),
    )

    github_id: Mapped[int | None] = mapped_column(BigInteger)
    login: Mapped[str]
    name: Mapped[str]
    name_chosen: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The person chose the name here, so signing in with GitHub does not overwrite it."""
    email: Mapped[str | None]
    """The primary address that GitHub has verified. Compared without regard to case."""
    verified_emails: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'")
    )
    """All addresses that GitHub has verified, in lower case: an invitation may have gone to any of them."""
    avatar_url: Mapped[str | None]
    github_token: Mapped[str | None]
    """Encrypted, see `taskly.users.github_tokens`."""
    github_token_expires_at: Mapped[datetime | None]
    github_refresh_token: Mapped[str | None]
    """Encrypted. Only GitHub Apps with expiring tokens give one."""
    github_refresh_token_expires_at: Mapped[datetime | None]
    github_scopes: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'")
    )
    deleted_at: Mapped[datetime | None]
    """Since then nobody signs in as this person."""
    placeholder_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE")
    )
    """The workspace that was read from a file and names this person, who has no account here."""
    file_login: Mapped[str | None]
    """What that file calls the placeholder: filters find it by this, and the next file says it again."""
    file_github_id: Mapped[int | None] = mapped_column(BigInteger)
    """The account at GitHub that the file names. Nobody signs in by it here."""


class SessionEnd(enum.StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - the name of a reason


class Session(Identified, Base):
    """One sign-in on one device: the `sid` of access tokens, the family of refresh tokens."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_user_id", "user_id"),
        Index("ix_sessions_ends_at", "ends_at"),
        CheckConstraint("ends_at > created_at", name="ends_after_creation"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_because IS NULL)", name="revoked_for_a_reason"
        ),
        CheckConstraint(
            f"char_length(user_agent) <= {USER_AGENT_LENGTH}", name="user_agent_length"
        ),
        CheckConstraint("char_length(address) <= 45", name="address_length"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user_agent: Mapped[str | None]
    address: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    """When its tokens were last refreshed."""
    ends_at: Mapped[datetime]
    """Nothing prolongs the session beyond this."""
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[SessionEnd | None] = mapped_column(
        native_enum(SessionEnd, "session_end")
    )

    def is_live(self, now: datetime) -> bool:
        """Whether the session has not ended."""
        return self.revoked_at is None and self.ends_at > now


class RefreshToken(Identified, Base):
    """One issued refresh token. Using it makes its successor, see `taskly.users.refreshing`."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("predecessor_id"),
        Index("ix_refresh_tokens_session_id", "session_id"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    predecessor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("refresh_tokens.id", ondelete="SET NULL")
    )
    """The token whose use made this one. Unique: a family never branches."""
    token_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Identified, Base):
    """A personal token for programs."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_api_tokens_user_id", "user_id"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name_length"),
        CheckConstraint("char_length(last_four) = 4", name="last_four_length"),
        CheckConstraint("expires_at > created_at", name="expires_after_creation"),
        CheckConstraint(
            "cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'write', 'admin']",
            name="scopes_known",
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes]
    last_four: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SignInLink(Identified, Base):
    """A one-time link that signs a local person in."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_sign_in_links_user_id", "user_id"),
        Index("ix_sign_in_links_expires_at", "expires_at"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OAuthState(Identified, Base):
    """A sign-in that was sent to GitHub and has not come back."""

    __tablename__ = "oauth_states"
    __table_args__ = (
        UniqueConstraint("state_hash"),
        Index("ix_oauth_states_expires_at", "expires_at"),
        CheckConstraint("octet_length(state_hash) = 32", name="state_hash_is_sha256"),
        CheckConstraint("octet_length(browser_hash) = 32", name="browser_hash_is_sha256"),
        CheckConstraint("char_length(return_to) <= 2000", name="return_to_length"),
    )

    state_hash: Mapped[bytes]
    browser_hash: Mapped[bytes]
    """Of the cookie that the same browser has to bring back."""
    return_to: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """What was answered to a request, for when it comes again."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        Index("ix_idempotency_keys_created_at", "created_at"),
        CheckConstraint("char_length(key) BETWEEN 1 AND 255", name="key_length"),
        CheckConstraint("octet_length(request_hash) = 32", name="request_hash_is_sha256"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    answer: Mapped[str]
    """Status, headers and body, compressed and encrypted: it may hold a secret that is shown once."""
    created_at: Mapped[datetime]
