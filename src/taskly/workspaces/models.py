"""Tables of workspaces and of the people in them."""

import enum
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.tables import Base, Identified, Timestamped, native_enum


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
        CheckConstraint("version >= 0", name="version_not_negative"),
    )

    name: Mapped[str]
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


@dataclass(frozen=True, slots=True)
class WorkspaceAccess:
    """A workspace, and what the caller is in it."""

    workspace: Workspace
    role: Role

    @property
    def stream(self) -> Stream:
        """The workspace's stream of events."""
        return Stream(StreamKind.WORKSPACE, self.workspace.id, self.workspace.id)
