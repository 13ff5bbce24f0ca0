"""Every query for a figure of cards: what rules make figures of, and no more of it than they need.

Each gives what held at a moment or on the way there, so that what came later changes no answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.rules import Category
from taskly.insights.rules.days import Day
from taskly.insights.rules.durations import Finished, InProgress, add_stay, cycle_time, finished
from taskly.insights.rules.flow import Changes, Place
from taskly.insights.rules.histories import Scope, Selection
from taskly.insights.step_repository import (
    CATEGORIES,
    PRESENCES,
    condition_of,
    fetch,
    stays_of,
)
from taskly.platform.driver import Row

NO_DAY = date.min
"""The day on which all counts that changed before those that are asked for."""

_FROM = "FROM card_steps"
_HELD = "board_id = :board_id AND at <= :as_of AND until > :as_of"
_LAST_UNTIL_DONE = """
    LEFT JOIN LATERAL (
        SELECT earlier.at, earlier.column_id, earlier.presence, earlier.stays FROM card_steps AS earlier
        WHERE earlier.board_id = card_steps.board_id AND earlier.card_id = card_steps.card_id
            AND earlier.at <= card_steps.completed_at
        ORDER BY earlier.at DESC LIMIT 1
    ) AS last (last_at, last_column_id, last_presence, last_stays) ON true
"""
"""What a card was when it was done: nothing yet, if that was elsewhere."""
_CHANGED = "board_id = :board_id AND (presence = 'on_board' OR presence = 'archived' AND category = 'done')"


@dataclass(frozen=True, slots=True)
class Done:
    """Which cards are asked for: those that were done at a moment, and so since a time."""

    board_id: UUID
    selection: Selection
    starts_at: datetime
    ends_at: datetime
    as_of: datetime

    async def fetch(
        self, session: AsyncSession, columns: str, *, beside: str = ""
    ) -> Sequence[Row]:
        """What is asked of them."""
        which, values = condition_of(self.selection)
        sql = [
            f"SELECT {columns} {_FROM} {beside}",
            f"WHERE {_HELD} {which} AND completed_at >= :starts_at AND completed_at < :ends_at",
            "AND category = 'done' AND presence IN ('on_board', 'archived')",
        ]
        return await fetch(
            session,
            " ".join(sql),
            board_id=self.board_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            as_of=self.as_of,
            **values,
        )


async def finished_cards(session: AsyncSession, which: Done) -> list[Finished]:
    """How long cards took, and where they were until they were done."""
    rows = await which.fetch(
        session,
        "card_id, created_at, started_at, completed_at, last_at, last_column_id, last_presence, last_stays",
        beside=_LAST_UNTIL_DONE,
    )
    return [
        finished(
            row["card_id"],
            row["created_at"],
            row["started_at"],
            row["completed_at"],
            _stays_until_done(row),
        )
        for row in rows
    ]


def _stays_until_done(row: Row) -> Mapping[UUID, timedelta]:
    if row["last_at"] is None:
        return {}
    times = defaultdict(timedelta, stays_of(row["last_stays"]))
    presence = PRESENCES[row["last_presence"]]
    add_stay(times, row["last_column_id"], presence, row["last_at"], row["completed_at"])
    return times


async def cycle_times(session: AsyncSession, which: Done) -> list[timedelta]:
    """How long work on cards took."""
    rows = await which.fetch(session, "started_at, completed_at")
    return [cycle_time(row["started_at"], row["completed_at"]) for row in rows]


async def times_of_completion(session: AsyncSession, which: Done) -> list[datetime]:
    """Since when cards are done."""
    return [row["completed_at"] for row in await which.fetch(session, "completed_at")]


async def in_progress(
    session: AsyncSession, board_id: UUID, selection: Selection, as_of: datetime
) -> list[InProgress]:
    """The cards in progress at a moment."""
    columns = "card_id, column_id, started_at"
    rows = await _on_board(session, board_id, selection, [Category.IN_PROGRESS], as_of, columns)
    return [InProgress(*row) for row in rows]


async def count_open(
    session: AsyncSession, board_id: UUID, selection: Selection, as_of: datetime
) -> int:
    """How many cards were on the board at a moment and not done."""
    is_open = [Category.TODO, Category.IN_PROGRESS]
    [row] = await _on_board(session, board_id, selection, is_open, as_of, "count(*) AS cards")
    count: int = row["cards"]
    return count


async def _on_board(
    session: AsyncSession,
    board_id: UUID,
    selection: Selection,
    categories: Sequence[Category],
    as_of: datetime,
    columns: str,
) -> Sequence[Row]:
    which, values = condition_of(selection)
    sql = [
        f"SELECT {columns} {_FROM}",
        f"WHERE {_HELD} {which} AND category = ANY(CAST(:categories AS column_category[]))",
        "AND presence = 'on_board'",
    ]
    return await fetch(
        session,
        " ".join(sql),
        board_id=board_id,
        categories=[category.value for category in categories],
        as_of=as_of,
        **values,
    )


async def lived_since(session: AsyncSession, board_id: UUID, as_of: datetime) -> datetime | None:
    """When the first card was there or done, be it elsewhere, as far as was known at a moment; None without cards."""
    [row] = await fetch(
        session,
        """
        SELECT least(
            (SELECT min(at) FROM card_steps WHERE board_id = :board_id AND at <= :as_of),
            (
                SELECT min(completed_at) FROM card_steps
                WHERE board_id = :board_id AND category = 'done' AND at <= :as_of
            )
        ) AS since
        """,
        board_id=board_id,
        as_of=as_of,
    )
    found: datetime | None = row["since"]
    return found


async def flow_changes(
    session: AsyncSession,
    board_id: UUID,
    scope: Scope,
    scope_id: UUID,
    *,
    first: date,
    last: date,
) -> defaultdict[date, Counter[Place]]:
    """By how many cards each place changed on each day; what did before the first of them, on `NO_DAY`."""
    rows = await fetch(
        session,
        """
        SELECT CASE WHEN day >= :first THEN day END AS day, column_id, category, sum(cards) AS cards
        FROM flow_days
        WHERE board_id = :board_id AND scope = CAST(:scope AS flow_scope) AND scope_id = :scope_id AND day <= :last
        GROUP BY 1, 2, 3
        """,
        board_id=board_id,
        scope=scope.value,
        scope_id=scope_id,
        first=first,
        last=last,
    )
    return _changes((row["day"] or NO_DAY, row) for row in rows)


async def flow_of_selection(
    session: AsyncSession,
    board_id: UUID,
    selection: Selection,
    days: Sequence[Day],
    as_of: datetime,
) -> Changes:
    """The same up to a moment, worked out from the steps, for what has no scope of its own.

    What came after the last of the days counts to it: have one more than is looked at. Only steps that lasted into
    the first day are read: most of a long past did not.
    """
    which, values = condition_of(selection)
    sql = [
        "SELECT width_bucket(change.at, CAST(:starts AS timestamptz[])) AS number, column_id, category,",
        f"sum(change.cards) AS cards {_FROM}",
        "CROSS JOIN LATERAL (VALUES (card_steps.at, 1), (until, -1)) AS change (at, cards)",
        f"WHERE {_CHANGED} {which} AND category = ANY(CAST(:categories AS column_category[]))",
        "AND until > :starts_at AND change.at <= :as_of GROUP BY 1, 2, 3",
    ]
    rows = await fetch(
        session,
        " ".join(sql),
        board_id=board_id,
        starts=[day.starts_at for day in days],
        starts_at=days[0].starts_at,
        categories=list(CATEGORIES),
        as_of=as_of,
        **values,
    )
    dates = [NO_DAY, *(day.date for day in days)]
    return _changes((dates[row["number"]], row) for row in rows)


def _changes(rows: Iterable[tuple[date, Row]]) -> defaultdict[date, Counter[Place]]:
    found: defaultdict[date, Counter[Place]] = defaultdict(Counter)
    for day, row in rows:
        found[day][row["column_id"], CATEGORIES[row["category"]]] += row["cards"]
    return found
