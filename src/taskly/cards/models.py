"""Tables of cards and of what hangs on them."""

import enum
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from taskly.boards.models import BoardAccess, RankText
from taskly.platform.tables import Base, Identified, Timestamped, native_enum

BEHIND_ALL = "~"
"""Sorts after every rank. A deleted card has a rank that begins with it, out of the way of the others."""


class Priority(enum.StrEnum):
    """How much a card matters, from least to most."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Card(Identified, Timestamped, Base):
    """A card. Its place is a column and a rank; moving it writes this one row."""

    __tablename__ = "cards"
    # Many cards that change alike are written at once: nothing of them is asked back for that.
    __mapper_args__ = {"eager_defaults": "auto"}
    __table_args__ = (
        # A card's column and sprint belong to the card's own board: PostgreSQL refuses anything else.
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_cards_board",
        ),
        ForeignKeyConstraint(
            ["board_id", "column_id"],
            ["board_columns.board_id", "board_columns.id"],
            ondelete="NO ACTION",
            name="fk_cards_column",
        ),
        ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            ondelete="SET NULL (sprint_id)",
            name="fk_cards_sprint",
        ),
        UniqueConstraint("board_id", "number"),
        UniqueConstraint("board_id", "id"),
        # Deferrable, so that respacing a column in one statement is checked at its end.
        UniqueConstraint("column_id", "rank", deferrable=True, initially="IMMEDIATE"),
        Index("ix_cards_workspace_id_board_id", "workspace_id", "board_id"),
        Index("ix_cards_workspace_id_id", "workspace_id", "id"),
        Index("ix_cards_board_id_column_id", "board_id", "column_id"),
        Index("ix_cards_board_id_sprint_id", "board_id", "sprint_id"),
        Index("ix_cards_search", "search", postgresql_using="gin"),
        CheckConstraint("due_date BETWEEN '1900-01-01' AND '2999-12-31'", name="due_date_range"),
        CheckConstraint("char_length(title) BETWEEN 1 AND 255", name="title_length"),
        CheckConstraint("char_length(description) <= 50000", name="description_length"),
        CheckConstraint(
            "char_length(acceptance_criteria) <= 50000", name="acceptance_criteria_length"
        ),
        CheckConstraint("story_points BETWEEN 0 AND 99", name="story_points_range"),
        CheckConstraint("number > 0", name="number_positive"),
        Index(
            "ix_cards_due_date",
            "due_date",
            "id",
            postgresql_where=text("completed_at IS NULL AND archived_at IS NULL"),
        ),
        Index("ix_cards_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        CheckConstraint(
            "deleted_at IS NULL OR archived_at IS NOT NULL", name="deleted_is_archived"
        ),
        CheckConstraint("comment_count >= 0", name="comment_count_not_negative"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    number: Mapped[int]
    column_id: Mapped[UUID]
    rank: Mapped[str] = mapped_column(RankText)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    acceptance_criteria: Mapped[str] = mapped_column(default="", server_default="")
    priority: Mapped[Priority] = mapped_column(
        native_enum(Priority, "card_priority"), default=Priority.NONE, server_default="none"
    )
    story_points: Mapped[int | None]
    due_date: Mapped[date | None]
    sprint_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    """When the card first entered a column in progress."""
    completed_at: Mapped[datetime | None]
    """When the card entered the done column that it is in."""
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]"
    )
    """Items with `id`, `text` and `done`, in order: few, and read and changed with their card."""
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default="[]"
    )
    """Links with `id`, `url` and `title`, in the order in which they were added."""
    comment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """Comments that were not deleted."""
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """A deleted card is in the archive too, and nowhere to be seen; it is kept for a while."""
    updated_at: Mapped[datetime] = mapped_column()
    """Set by what changes the card, so that the row and the event agree to the microsecond."""
    version: Mapped[int] = mapped_column(BigInteger)
    """The board's version that last changed this card."""
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('simple', without_signs(title)), 'A') || setweight(to_tsvector("
            "'simple', without_signs(description || ' ' || acceptance_criteria)), 'B')",
            persisted=True,
        ),
        deferred=True,
    )


class FormerCardKey(Base):
    """A key that a card had on a board that it left: it leads to the card still."""

    __tablename__ = "former_card_keys"
    __table_args__ = (
        Index("ix_former_card_keys_card_id", "card_id"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """Of the board; boards are renamed and deleted, so it is no reference."""
    number: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))


class CardAssignee(Base):
    """A person who works on a card."""

    __tablename__ = "card_assignees"
    __table_args__ = (Index("ix_card_assignees_user_id_workspace_id", "user_id", "workspace_id"),)

    card_id: Mapped[UUID] = mapped_column(
        ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="NO ACTION"), primary_key=True
    )
    workspace_id: Mapped[UUID]


class CardLabel(Base):
    """A label on a card, both of the same board."""

    __tablename__ = "card_labels"
    __table_args__ = (
        Index("ix_card_labels_label_id", "label_id"),
        Index("ix_card_labels_workspace_id_card_id", "workspace_id", "card_id"),
    )

    card_id: Mapped[UUID] = mapped_column(
        ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True
    )
    label_id: Mapped[UUID] = mapped_column(
        ForeignKey("labels.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[UUID]


class CardDependency(Base):
    """A card that has to be done before another one of the same board."""

    __tablename__ = "card_dependencies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["board_id", "blocked_id"],
            ["cards.board_id", "cards.id"],
            ondelete="CASCADE",
            name="fk_card_dependencies_blocked",
        ),
        ForeignKeyConstraint(
            ["board_id", "blocker_id"],
            ["cards.board_id", "cards.id"],
            ondelete="CASCADE",
            name="fk_card_dependencies_blocker",
        ),
        Index("ix_card_dependencies_blocker_id_board_id", "blocker_id", "board_id"),
        Index("ix_card_dependencies_board_id_blocked_id", "board_id", "blocked_id"),
        Index("ix_card_dependencies_workspace_id_blocked_id", "workspace_id", "blocked_id"),
        CheckConstraint("blocked_id <> blocker_id", name="not_itself"),
    )

    blocked_id: Mapped[UUID] = mapped_column(primary_key=True)
    blocker_id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID]
    workspace_id: Mapped[UUID]


class CardComment(Identified, Base):
    """What somebody says about a card. A deleted one keeps its place without its words, which remain in the log."""

    __tablename__ = "card_comments"
    __table_args__ = (
        Index("ix_card_comments_card_id_id", "card_id", "id"),
        Index("ix_card_comments_workspace_id_id", "workspace_id", "id"),
        Index("ix_card_comments_author_id", "author_id"),
        Index(
            "ix_card_comments_search",
            text("to_tsvector('simple'::regconfig, without_signs(body))"),
            postgresql_using="gin",
        ),
        CheckConstraint("char_length(body) <= 20000", name="body_length"),
    )

    workspace_id: Mapped[UUID]
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="NO ACTION"))
    body: Mapped[str]
    mention_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    """People of the workspace whom the text named when it was written."""
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class CardWatcher(Base):
    """Whether somebody wants to hear of a card, where that does not follow from what they do on it."""

    __tablename__ = "card_watchers"
    __table_args__ = (Index("ix_card_watchers_user_id_workspace_id", "user_id", "workspace_id"),)

    card_id: Mapped[UUID] = mapped_column(
        ForeignKey("cards.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="NO ACTION"), primary_key=True
    )
    workspace_id: Mapped[UUID]
    watching: Mapped[bool]
    """False: not, although the person is assigned or commented."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on a card in tables of its own, each in the order of its ids."""

    assignee_ids: list[UUID]
    label_ids: list[UUID]
    blocker_ids: list[UUID]
    """The cards that have to be done before this one."""

    def fields(self) -> dict[str, Any]:
        """The same under the names that the API shows."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CardAccess:
    """A card with its board, for a caller who may see or change it."""

    card: Card
    board: BoardAccess

    @property
    def key(self) -> str:
        """What people call the card, such as `PAY-12`."""
        return f"{self.board.key}-{self.card.number}"


@dataclass(frozen=True, slots=True)
class CommentAccess:
    """A comment with its card, for a caller who may see or change it."""

    card: CardAccess
    comment: CardComment
