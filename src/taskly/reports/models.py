"""Table of reports that are mailed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified


class Mailing(Identified, Base):
    """A report of a board that was worked out once, for everybody who gets it by mail.

    It holds titles and names, and no addresses. It is kept for as long as mails are tried, and soon forgotten.
    """

    __tablename__ = "report_mailings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_report_mailings_board",
        ),
        UniqueConstraint("board_id", "occasion"),
        Index("ix_report_mailings_workspace_id_board_id", "workspace_id", "board_id"),
        Index("ix_report_mailings_created_at", "created_at"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    occasion: Mapped[str]
    """What is told: a week, or one completion of a sprint."""
    letter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """A `Letter`: what the mails have in common."""
    created_at: Mapped[datetime]
