"""Table of saved views."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, Timestamped
from taskly.workspaces.models import WorkspaceAccess


class SavedView(Identified, Timestamped, Base):
    """A query with a name, of a workspace or of one of its boards; others see it only if it is shared."""

    __tablename__ = "saved_views"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_saved_views_board",
        ),
        Index("ix_saved_views_workspace_id_board_id", "workspace_id", "board_id"),
        Index("ix_saved_views_owner_id_workspace_id", "owner_id", "workspace_id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="name_length"),
        CheckConstraint("char_length(query) <= 1000", name="query_length"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    board_id: Mapped[UUID | None]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="NO ACTION"))
    name: Mapped[str]
    query: Mapped[str]
    """As it was typed; understood when it was stored, and anew whenever it is asked."""
    layout: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """How the cards are shown, see `ViewLayout`."""
    shared: Mapped[bool]
    version: Mapped[int]
    """The view's own count of changes."""


@dataclass(frozen=True, slots=True)
class ViewAccess:
    """A view, and what the caller is in its workspace."""

    view: SavedView
    workspace: WorkspaceAccess
