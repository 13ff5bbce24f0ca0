"""Tables of what charts read: the board's log, folded. All of it follows from the log and can be made anew."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.boards.models import BoardColumn
from taskly.boards.rules import Category
from taskly.insights.rules.histories import Presence, Scope
from taskly.platform.tables import Base, native_enum

_CATEGORY = BoardColumn.__table__.c.category.type


class BoardRollup(Base):
    """Up to where a board's log is folded, and what is known of the board besides its cards."""

    __tablename__ = "board_rollups"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_board_rollups_board",
        ),
        Index("ix_board_rollups_workspace_id_board_id", "workspace_id", "board_id"),
    )

    board_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The last version that was taken in."""
    time_zone: Mapped[str]
    """Whose days those of `flow_days` are."""
    counted_card_id: Mapped[UUID | None]
    """While the days of another time zone are counted, the last step that was: its card, and when it began."""
    counted_at: Mapped[datetime | None]
    followed_card_id: Mapped[UUID | None]
    """While the cards of a column become what it means after the next version, the last one that did."""
    known: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The columns and sprints with their pasts, and the moment of the last entry that was taken in."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is half done: steps and days are those of the version."""
        return self.counted_at is None and self.followed_card_id is None


class CardStep(Base):
    """What a card was on a board from one moment to another."""

    __tablename__ = "card_steps"
    __table_args__ = (
        Index(
            "uq_card_steps_last",
            "board_id",
            "card_id",
            unique=True,
            postgresql_where="until = 'infinity'",
        ),
        Index("ix_card_steps_board_id_at", "board_id", "at"),
        Index("ix_card_steps_board_id_category_until", "board_id", "category", "until"),
        Index(
            "ix_card_steps_board_id_completed_at",
            "board_id",
            "completed_at",
            postgresql_where="category = 'done'",
        ),
        Index(
            "ix_card_steps_board_id_sprint_id",
            "board_id",
            "sprint_id",
            postgresql_where="sprint_id IS NOT NULL",
        ),
    )

    board_id: Mapped[UUID] = mapped_column(
        ForeignKey("board_rollups.board_id", ondelete="CASCADE"), primary_key=True
    )
    card_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    """When the next step began; `infinity` while there is none, so that one range of an index finds what held at
    a moment."""
    created_at: Mapped[datetime]
    """When the card was made, be it elsewhere."""
    by: Mapped[UUID | None]
    column_id: Mapped[UUID]
    category: Mapped[Category] = mapped_column(_CATEGORY)
    points: Mapped[int | None]
    sprint_id: Mapped[UUID | None]
    assignee_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    label_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    presence: Mapped[Presence] = mapped_column(native_enum(Presence, "card_presence"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    stays: Mapped[dict[str, int]] = mapped_column(JSONB)
    """How many microseconds the card had been in each column before, by the column's id."""


class FlowChange(Base):
    """By how many cards what stands in a column became more or less on a day: the daily rollup of the log."""

    __tablename__ = "flow_days"

    board_id: Mapped[UUID] = mapped_column(
        ForeignKey("board_rollups.board_id", ondelete="CASCADE"), primary_key=True
    )
    scope: Mapped[Scope] = mapped_column(native_enum(Scope, "flow_scope"), primary_key=True)
    scope_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Of which cards: all of the board, those in a sprint, with a label, or of a person."""
    day: Mapped[date] = mapped_column(primary_key=True)
    column_id: Mapped[UUID] = mapped_column(primary_key=True)
    category: Mapped[Category] = mapped_column(_CATEGORY, primary_key=True)
    """What the column meant then."""
    cards: Mapped[int]
