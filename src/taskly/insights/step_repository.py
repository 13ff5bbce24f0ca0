"""Every query that charts ask of what is folded: parts of the past of cards, of which rules make figures.

Each gives what held at a moment or on the way there, so that what came later changes no answer. They go to
the driver itself, as they give thousands of rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.rules import Category
from taskly.insights.rules.folding import CardFold
from taskly.insights.rules.histories import CardHistory, Presence, Selection, Step
from taskly.platform.db.hot import DriverReader
from taskly.platform.driver import DriverStatement, Row

_COLUMNS = """
    card_id, created_at, at, NULLIF(until, 'infinity') AS ended_at, by, column_id, category, points,
    sprint_id, assignee_ids, label_ids, presence, started_at, completed_at
"""
_OF_BOARD = "FROM card_steps WHERE board_id = :board_id"
_STEPS = f"SELECT {_COLUMNS} {_OF_BOARD}"
_WITH_STAYS = f"SELECT {_COLUMNS}, stays {_OF_BOARD}"
_EACH_CARD = "SELECT last.* FROM unnest(CAST(:cards AS uuid[])) AS wanted (id) CROSS JOIN LATERAL"
_LAST_OF_CARDS = (
    f"{_EACH_CARD} ({_WITH_STAYS} AND until = 'infinity' AND card_id = wanted.id LIMIT 1) AS last"
)
"""One by one: a plan from when the table was small would go through all that there are."""
_HELD = " AND at <= :as_of AND until > :as_of"
_BETWEEN = " AND at < :before AND until > :after"
_WERE_IN_SPRINT = (
    "SELECT card_id FROM card_steps WHERE board_id = :board_id AND sprint_id = :sprint_id"
)
_OF_CATEGORIES = " AND category = ANY(CAST(:categories AS column_category[]))"
_COUNTS = "(presence = 'on_board' OR presence = 'archived' AND category = 'done')"
_IN_ORDER = " ORDER BY card_id, at"
CATEGORIES = {category.value: category for category in Category}
PRESENCES = {presence.value: presence for presence in Presence}


async def ever_in_sprint(
    session: AsyncSession,
    board_id: UUID,
    sprint_id: UUID,
    selection: Selection,
    *,
    after: datetime,
    before: datetime,
) -> list[CardHistory]:
    """The cards that were in a sprint, and what is asked for, at some time between two moments: all that they were
    between these.
    """
    which, values = condition_of(selection)
    rows = await fetch(
        session,
        f"{_STEPS} {_BETWEEN} AND card_id IN ({_WERE_IN_SPRINT} {_BETWEEN} {which}) {_IN_ORDER}",
        board_id=board_id,
        sprint_id=sprint_id,
        after=after,
        before=before,
        **values,
    )
    return list(_histories(rows))


async def of_sprint(session: AsyncSession, board_id: UUID, sprint_id: UUID) -> list[CardHistory]:
    """The whole past of the cards that were ever in a sprint."""
    rows = await fetch(
        session,
        f"{_STEPS} AND card_id IN ({_WERE_IN_SPRINT}) {_IN_ORDER}",
        board_id=board_id,
        sprint_id=sprint_id,
    )
    return list(_histories(rows))


async def of_cards(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID]
) -> list[CardHistory]:
    """The whole past of some cards."""
    rows = await fetch(
        session,
        f"{_STEPS} AND card_id = ANY(:card_ids) {_IN_ORDER}",
        board_id=board_id,
        card_ids=list(card_ids),
    )
    return list(_histories(rows))


async def changed_between(
    session: AsyncSession, board_id: UUID, after: datetime, before: datetime
) -> list[tuple[Step, datetime | None]]:
    """The steps that began or ended after a moment and before another one, and when each ended."""
    rows = await fetch(
        session,
        f"""
        {_STEPS} AND at > :after AND at < :before
        UNION ALL
        {_STEPS} {_OF_CATEGORIES} AND until > :after AND until < :before AND at <= :after
        """,
        board_id=board_id,
        after=after,
        before=before,
        categories=list(CATEGORIES),
    )
    return [(_step(row), row["ended_at"]) for row in rows]


async def last_steps(
    session: AsyncSession, board_id: UUID, cards: Collection[UUID]
) -> dict[UUID, CardFold]:
    """What some cards are last, for a fold to go on from."""
    return _folds(await fetch(session, _LAST_OF_CARDS, board_id=board_id, cards=list(cards)))


async def last_steps_in_column(
    session: AsyncSession, board_id: UUID, column_id: UUID, *, after: UUID, limit: int
) -> dict[UUID, CardFold]:
    """The same of the next cards of a column, by their ids."""
    rows = await fetch(
        session,
        f"{_WITH_STAYS} AND until = 'infinity' AND column_id = :column_id AND card_id > :after"
        " ORDER BY card_id LIMIT :limit",
        board_id=board_id,
        column_id=column_id,
        after=after,
        limit=limit,
    )
    return _folds(rows)


def _folds(rows: Iterable[Row]) -> dict[UUID, CardFold]:
    folds = {}
    for card in map(_card, rows):
        [step] = card.steps
        folds[card.card_id] = CardFold(card.card_id, card.created_at, [step], card.earlier, step)
    return folds


async def all_steps(
    session: AsyncSession, board_id: UUID, *, after: tuple[UUID, datetime] | None, limit: int
) -> list[tuple[UUID, Step, datetime | None]]:
    """The next steps of a board by card and time, each with its card and when it ended."""
    card_id, at = after or (UUID(int=0), datetime.fromisoformat("1900-01-01T00:00:00Z"))
    rows = await fetch(
        session,
        f"{_STEPS} AND (card_id, at) > (:card_id, :at) {_IN_ORDER} LIMIT :limit",
        board_id=board_id,
        card_id=card_id,
        at=at,
        limit=limit,
    )
    return [(row["card_id"], _step(row), row["ended_at"]) for row in rows]


def condition_of(selection: Selection) -> tuple[str, dict[str, list[UUID]]]:
    """The condition that a step is what is asked for, and its values."""
    conditions, values = "", {}
    for name, condition, ids in (
        ("sprint_ids", "sprint_id = ANY(:sprint_ids)", selection.sprint_ids),
        ("label_ids", "label_ids && CAST(:label_ids AS uuid[])", selection.label_ids),
        ("assignee_ids", "assignee_ids && CAST(:assignee_ids AS uuid[])", selection.assignee_ids),
    ):
        if ids:
            conditions += f" AND {condition}"
            values[name] = list(ids)
    return conditions, values


async def fetch(session: AsyncSession, sql: str, **values: Any) -> Sequence[Row]:
    """The rows of a statement, as the driver gives them."""
    statement = _statement(sql)
    reader = DriverReader(await session.connection())
    return await reader.fetch_rows(statement.sql, *statement.arguments(values))


@cache
def _statement(sql: str) -> DriverStatement:
    return DriverStatement(sql)


def _histories(rows: Iterable[Row]) -> Iterator[CardHistory]:
    """The cards of rows that are in their order; a card of which nothing is told for a time is away then."""
    for card_id, of_card in groupby(rows, key=lambda row: row["card_id"]):
        steps: list[Step] = []
        ended_at: datetime | None = None
        for row in of_card:
            step = _step(row)
            if ended_at is not None and ended_at < step.at:
                steps.append(_away(steps[-1], ended_at))
            steps.append(step)
            ended_at, created_at = row["ended_at"], row["created_at"]
        if ended_at is not None:
            steps.append(_away(steps[-1], ended_at))
        yield CardHistory(card_id, created_at, tuple(steps))


def _away(step: Step, at: datetime) -> Step:
    return replace(step, at=at, presence=Presence.NOT_SELECTED)


def _card(row: Row) -> CardHistory:
    return CardHistory(row["card_id"], row["created_at"], (_step(row),), stays_of(row["stays"]))


def stays_of(stored: Mapping[str, int]) -> dict[UUID, timedelta]:
    """How long a card was in columns, from how that is stored."""
    return {
        _column_id(column_id): timedelta(microseconds=time) for column_id, time in stored.items()
    }


_column_id = lru_cache(maxsize=10_000)(UUID)
"""The same few come again and again."""


def _step(row: Row) -> Step:
    return Step(
        at=row["at"],
        by=row["by"],
        column_id=row["column_id"],
        category=CATEGORIES[row["category"]],
        points=row["points"],
        sprint_id=row["sprint_id"],
        assignee_ids=frozenset(row["assignee_ids"]),
        label_ids=frozenset(row["label_ids"]),
        presence=PRESENCES[row["presence"]],
        started_at=row["started_at"],
        completed_at=row["completed_at"],
    )
