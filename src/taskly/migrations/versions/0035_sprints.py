"""Workspaces have a time zone, and boards a series of sprints.

Revision: 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STEPS = ("started", "completed")


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "workspaces", sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_workspaces_time_zone_length"),
        "workspaces",
        "char_length(time_zone) BETWEEN 1 AND 64",
    )
    for name in STEPS:
        op.add_column("sprints", sa.Column(f"{name}_at", sa.DateTime(timezone=True)))
    for name in STEPS:
        op.add_column("sprints", sa.Column(f"{name}_version", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_sprints_started_first"),
        "sprints",
        "completed_at IS NULL OR started_at IS NOT NULL",
    )
    op.add_column("sprints", sa.Column("series_number", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_sprints_series_number_range"), "sprints", "series_number BETWEEN 1 AND 99999"
    )
    _create_series()
    _create_absences()


def _create_series() -> None:
    now = sa.text("now()")
    op.create_table(
        "sprint_series",
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("length_days", sa.Integer(), nullable=False),
        sa.Column("days_between", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_sprint_series")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_sprint_series_board",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 3 AND 90", name=op.f("ck_sprint_series_name_length")
        ),
        sa.CheckConstraint(
            "length_days BETWEEN 2 AND 366", name=op.f("ck_sprint_series_length_days_range")
        ),
        sa.CheckConstraint(
            "days_between BETWEEN 0 AND 366", name=op.f("ck_sprint_series_days_between_range")
        ),
        sa.CheckConstraint(
            "capacity BETWEEN 0 AND 9999", name=op.f("ck_sprint_series_capacity_range")
        ),
        sa.CheckConstraint(
            "first_number BETWEEN 1 AND 9999", name=op.f("ck_sprint_series_first_number_range")
        ),
    )
    op.create_index(
        "ix_sprint_series_workspace_id_board_id", "sprint_series", ["workspace_id", "board_id"]
    )


def _create_absences() -> None:
    now = sa.text("now()")
    op.create_table(
        "sprint_absences",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("sprint_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("days_off", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprint_absences")),
        sa.ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            name="fk_sprint_absences_sprint",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sprint_absences_user_id"),
            ondelete="NO ACTION",
        ),
        sa.UniqueConstraint(
            "sprint_id", "user_id", name=op.f("uq_sprint_absences_sprint_id_user_id")
        ),
        sa.CheckConstraint(
            "days_off BETWEEN 1 AND 366", name=op.f("ck_sprint_absences_days_off_range")
        ),
    )
    for columns in (["board_id", "sprint_id"], ["user_id"]):
        op.create_index(f"ix_sprint_absences_{'_'.join(columns)}", "sprint_absences", columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table("sprint_absences")
    op.drop_table("sprint_series")
    op.drop_column("sprints", "series_number")
    op.drop_constraint(op.f("ck_sprints_started_first"), "sprints")
    for name in STEPS:
        op.drop_column("sprints", f"{name}_version")
        op.drop_column("sprints", f"{name}_at")
    op.drop_column("workspaces", "time_zone")
