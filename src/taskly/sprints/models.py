"""Table of sprints."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.boards.models import BoardAccess
from taskly.platform.tables import Base, Identified, Timestamped


class Sprint(Identified, Timestamped, Base):
    """A time box of a board. Whether it is planned, active or completed follows from its dates."""

    __tablename__ = "sprints"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_sprints_board",
        ),
        UniqueConstraint("board_id", "id"),
        Index("ix_sprints_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="name_length"),
        CheckConstraint("char_length(goal) <= 500", name="goal_length"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint("starts_on >= '1900-01-01' AND ends_on <= '2999-12-31'", name="days_range"),
        CheckConstraint("capacity BETWEEN 0 AND 9999", name="capacity_range"),
        CheckConstraint("completed_at IS NULL OR started_at IS NOT NULL", name="started_first"),
        CheckConstraint("series_number BETWEEN 1 AND 99999", name="series_number_range"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    name: Mapped[str]
    goal: Mapped[str] = mapped_column(default="", server_default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    capacity: Mapped[int] = mapped_column(default=40, server_default="40")
    deleted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    """When people started it, whatever its days say; so with the next."""
    completed_at: Mapped[datetime | None]
    started_version: Mapped[int | None] = mapped_column(BigInteger)
    """Where the board's log tells to what people committed themselves; the next, what came of it."""
    completed_version: Mapped[int | None] = mapped_column(BigInteger)
    series_number: Mapped[int | None]
    """Which of the board's series it is; the series goes on from the greatest."""


class SprintSeries(Timestamped, Base):
    """What the sprints of a board have in common that are made ahead: one series for a board."""

    __tablename__ = "sprint_series"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_sprint_series_board",
        ),
        Index("ix_sprint_series_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint("char_length(name) BETWEEN 3 AND 90", name="name_length"),
        CheckConstraint("length_days BETWEEN 2 AND 366", name="length_days_range"),
        CheckConstraint("days_between BETWEEN 0 AND 366", name="days_between_range"),
        CheckConstraint("capacity BETWEEN 0 AND 9999", name="capacity_range"),
        CheckConstraint("first_number BETWEEN 1 AND 9999", name="first_number_range"),
        CheckConstraint("ahead BETWEEN 0 AND 26", name="ahead_range"),
    )

    board_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str]
    """With `{n}` where the number stands."""
    length_days: Mapped[int]
    days_between: Mapped[int]
    capacity: Mapped[int]
    starts_on: Mapped[date]
    first_number: Mapped[int]
    ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many are always planned; none is made by itself where it is 0."""


class SprintAbsence(Identified, Timestamped, Base):
    """Days of a sprint on which somebody is away."""

    __tablename__ = "sprint_absences"
    __table_args__ = (
        ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            ondelete="CASCADE",
            name="fk_sprint_absences_sprint",
        ),
        UniqueConstraint("sprint_id", "user_id"),
        Index("ix_sprint_absences_board_id_sprint_id", "board_id", "sprint_id"),
        Index("ix_sprint_absences_user_id", "user_id"),
        CheckConstraint(
            "days_off BETWEEN 0.5 AND 366 AND days_off * 2 = floor(days_off * 2)",
            name="days_off_range",
        ),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    sprint_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="NO ACTION"))
    days_off: Mapped[float] = mapped_column(Double)
    """Whole and half days, which are exact in binary."""


class SprintCapacity(Identified, Timestamped, Base):
    """What somebody can take in one sprint, where that is not what follows from the workspace and from days off."""

    __tablename__ = "sprint_capacities"
    __table_args__ = (
        ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            ondelete="CASCADE",
            name="fk_sprint_capacities_sprint",
        ),
        UniqueConstraint("sprint_id", "user_id"),
        Index("ix_sprint_capacities_board_id_sprint_id", "board_id", "sprint_id"),
        Index("ix_sprint_capacities_user_id", "user_id"),
        CheckConstraint("points BETWEEN 0 AND 999", name="points_range"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    sprint_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="NO ACTION"))
    points: Mapped[int]


@dataclass(frozen=True, slots=True)
class SprintAccess:
    """A sprint, and what the caller is on its board."""

    board: BoardAccess
    sprint: Sprint
