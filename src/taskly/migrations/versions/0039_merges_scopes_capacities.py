"""Merges of pull requests by their commits, what is told of a sprint, half days off, capacities for one sprint.

Revision: 0039, after 0038. Of what was merged before, GitHub tells when it is refreshed.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

CAPACITIES = "sprint_capacities"
SPRINT = "data->'after'->>'sprint_id'"
ABSENCES, DAYS = "sprint_absences", "ck_sprint_absences_days_off_range"


def upgrade() -> None:
    """Apply. The index is built beside those who write the log; what a failed attempt left goes first."""
    with concurrently():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_sprint_id")
        op.create_index(
            "ix_events_sprint_id",
            "events",
            [sa.text(f"({SPRINT})")],
            postgresql_where=sa.text(f"{SPRINT} IS NOT NULL"),
            postgresql_concurrently=True,
        )
    op.add_column("pull_requests", sa.Column("merge_sha", sa.Text()))
    _count_days(
        sa.Double(),
        "days_off::double precision",
        "days_off BETWEEN 0.5 AND 366 AND days_off * 2 = floor(days_off * 2)",
    )
    _create_capacities()


def _create_capacities() -> None:
    now = sa.text("now()")
    op.create_table(
        CAPACITIES,
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("sprint_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprint_capacities")),
        sa.ForeignKeyConstraint(
            ["board_id", "sprint_id"],
            ["sprints.board_id", "sprints.id"],
            name="fk_sprint_capacities_sprint",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sprint_capacities_user_id"),
            ondelete="NO ACTION",
        ),
        sa.UniqueConstraint(
            "sprint_id", "user_id", name=op.f("uq_sprint_capacities_sprint_id_user_id")
        ),
        sa.CheckConstraint(
            "points BETWEEN 0 AND 999", name=op.f("ck_sprint_capacities_points_range")
        ),
    )
    for columns in (["board_id", "sprint_id"], ["user_id"]):
        op.create_index(f"ix_sprint_capacities_{'_'.join(columns)}", CAPACITIES, columns)


def _count_days(kind: sa.types.TypeEngine[Any], value: str, condition: str) -> None:
    """The table has a few rows for each sprint, so it is written anew at once."""
    op.drop_constraint(op.f(DAYS), ABSENCES)
    op.alter_column(ABSENCES, "days_off", type_=kind, postgresql_using=value)
    op.create_check_constraint(op.f(DAYS), ABSENCES, condition)


def downgrade() -> None:
    """Take back; the index first, so that it can be done again if that was ended.

    Where there are no half days, somebody who is away for half of one is away.
    """
    with concurrently():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_sprint_id")
    op.drop_table(CAPACITIES)
    _count_days(sa.Integer(), "ceil(days_off)::integer", "days_off BETWEEN 1 AND 366")
    op.drop_column("pull_requests", "merge_sha")
