"""Tables of workspaces and of the people in them."""

import enum
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kit.zones import NAME_OF_UTC
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.tables import Base, Identified, Timestamped, native_enum

ADDRESS_LENGTH = 254
"""RFC 5321 leaves so many characters for an address."""


class Role(enum.StrEnum):
    """What a person may do in a workspace; each role includes the ones before it."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what `other` may do."""
        ranking = list(Role)
        return ranking.index(self) >= ranking.index(other)


class Workspace(Identified, Timestamped, Base):
    """The tenant, and the head of the workspace's stream of events."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="name_length"),
        CheckConstraint("char_length(time_zone) BETWEEN 1 AND 64", name="time_zone_length"),
        CheckConstraint("version >= 0", name="version_not_negative"),
    )

    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default=NAME_OF_UTC, server_default=NAME_OF_UTC)
    """Where its days begin and end, by its name in IANA's database."""
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class WorkspaceMember(Timestamped, Base):
    """A person in a workspace."""

    __tablename__ = "workspace_members"
    __table_args__ = (
        Index("ix_workspace_members_user_id", "user_id"),
        CheckConstraint("capacity BETWEEN 0 AND 999", name="capacity_range"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="NO ACTION"), primary_key=True
    )
    role: Mapped[Role] = mapped_column(native_enum(Role, "workspace_role"))
    capacity: Mapped[int] = mapped_column(default=20, server_default="20")
    """Story points that the person can take in a sprint."""


class WorkspaceInvitation(Identified, Timestamped, Base):
    """Somebody was asked to join, at an e-mail address. Of the link's token only the SHA-256 is kept."""

    __tablename__ = "workspace_invitations"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_workspace_invitations_workspace_id", "workspace_id"),
        Index("ix_workspace_invitations_invited_by", "invited_by"),
        Index("ix_workspace_invitations_accepted_by", "accepted_by"),
        Index("ix_workspace_invitations_expires_at", "expires_at"),
        Index(
            "uq_workspace_invitations_open",
            "workspace_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
        CheckConstraint(f"char_length(email) BETWEEN 3 AND {ADDRESS_LENGTH}", name="email_length"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
        CheckConstraint("issue > 0", name="issue_positive"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="ended_once"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    email: Mapped[str]
    role: Mapped[Role] = mapped_column(native_enum(Role, "workspace_role"))
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who invited last, and answers for the invitation."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    issue: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many links were made. Only the last one counts."""
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class WorkspaceAccess:
    """A workspace, and what the caller is in it."""

    workspace: Workspace
    role: Role

    @property
    def stream(self) -> Stream:
        """The workspace's stream of events."""
        return Stream(StreamKind.WORKSPACE, self.workspace.id, self.workspace.id)
