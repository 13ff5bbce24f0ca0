"""Tables of boards, their columns and labels."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.boards.rules import Category, WipPolicy
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.tables import Base, Identified, Timestamped, native_enum
from taskly.workspaces.models import Role

RankText = String(64, collation="C")
"""A fractional index: compared bytewise, whatever the database's collation."""


class Board(Identified, Timestamped, Base):
    """The unit of consistency, and the head of the board's stream of events."""

    __tablename__ = "boards"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        UniqueConstraint("workspace_id", "id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="name_length"),
        CheckConstraint("key ~ '^[A-Z][A-Z0-9]{1,9}$'", name="key_form"),
        CheckConstraint("version >= 0", name="version_not_negative"),
        CheckConstraint("next_card_number > 0", name="next_card_number_positive"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str]
    key: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    next_card_number: Mapped[int] = mapped_column(default=1, server_default="1")
    automation: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    """Settings of the board's rules that differ from the defaults, see `github.rules`."""
    wip_policy: Mapped[WipPolicy] = mapped_column(
        native_enum(WipPolicy, "wip_policy"), default=WipPolicy.WARN, server_default="warn"
    )
    archived_at: Mapped[datetime | None]


class FormerBoardKey(Base):
    """A key that a board had: it leads to the board's cards still, and no other board gets it.

    Of a board that was deleted there is only the number that its next card would have had: another board may
    take the key, and goes on from there, so that no card ever gets the key of another.
    """

    __tablename__ = "former_board_keys"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="SET NULL (board_id)",
            name="fk_former_board_keys_board",
        ),
        Index("ix_former_board_keys_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint("key ~ '^[A-Z][A-Z0-9]{1,9}$'", name="key_form"),
        CheckConstraint("next_card_number > 0", name="next_card_number_positive"),
    )

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    board_id: Mapped[UUID | None]
    next_card_number: Mapped[int]
    """As it was when the board was renamed or deleted."""


class BoardColumn(Identified, Timestamped, Base):
    """A column: a row of its own, so that no card can point at a column that is gone."""

    __tablename__ = "board_columns"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_board_columns_board",
        ),
        Index(
            "uq_board_columns_board_id_rank",
            "board_id",
            "rank",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        UniqueConstraint("board_id", "id"),
        Index("ix_board_columns_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50", name="name_length"),
        CheckConstraint("wip_limit BETWEEN 1 AND 999", name="wip_limit_range"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    name: Mapped[str]
    category: Mapped[Category] = mapped_column(native_enum(Category, "column_category"))
    rank: Mapped[str] = mapped_column(RankText)
    wip_limit: Mapped[int | None]
    deleted_at: Mapped[datetime | None]
    """A deleted column is kept as long as the cards that were deleted with it."""


class Label(Identified, Timestamped, Base):
    """A label of a board."""

    __tablename__ = "labels"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_labels_board",
        ),
        Index("uq_labels_board_id_name", "board_id", text("lower(name)"), unique=True),
        Index("ix_labels_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50", name="name_length"),
        CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name="color_form"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    name: Mapped[str]
    color: Mapped[str]


@dataclass(frozen=True, slots=True)
class BoardAccess:
    """A board, as far as every request on it needs, and what the caller is in its workspace."""

    id: UUID
    workspace_id: UUID
    key: str
    version: int
    archived_at: datetime | None
    wip_policy: WipPolicy
    role: Role

    @classmethod
    def of_viewer(cls, board: Board) -> Self:
        """A board as viewers see it, where nobody in particular asks."""
        return cls(
            id=board.id,
            workspace_id=board.workspace_id,
            key=board.key,
            version=board.version,
            archived_at=board.archived_at,
            wip_policy=board.wip_policy,
            role=Role.VIEWER,
        )

    @property
    def stream(self) -> Stream:
        """The board's stream of events."""
        return Stream(StreamKind.BOARD, self.id, self.workspace_id)


@dataclass(frozen=True, slots=True)
class ColumnAccess:
    """A column of a board that the caller may change."""

    board: BoardAccess
    column: BoardColumn


@dataclass(frozen=True, slots=True)
class LabelAccess:
    """A label of a board that the caller may change."""

    board: BoardAccess
    label: Label
