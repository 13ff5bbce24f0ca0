"""The table of branches that pull requests are to be merged into."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.github.models import NAME_LENGTH, of_repository
from taskly.platform.tables import Base, Identified, Timestamped


class BaseBranchRow(Identified, Timestamped, Base):
    """A branch that pull requests are to be merged into, with the checks that are required for that."""

    __tablename__ = "base_branches"
    __table_args__ = (
        *of_repository("base_branches"),
        UniqueConstraint("repository_id", "name"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name_length"),
    )

    workspace_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    name: Mapped[str]
    required_checks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Names and apps, see `rules.checks.RequiredCheck`."""
    verified_at: Mapped[datetime]
    """When GitHub last said so."""
