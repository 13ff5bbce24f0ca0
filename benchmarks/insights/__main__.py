"""`python -m benchmarks.insights`: what the charts of a board with a long past cost.

It makes a database of its own with a board of 100 000 cards and two million changes, folds its log, and asks
for every chart, from the question to the bytes, beside bare SQL that aggregates the same rows of the same tables.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
from alembic import command

from benchmarks.figures import Aim, Figure, Held, table
from benchmarks.insights import bare
from benchmarks.insights.past import BOARD_ID, WORKSPACE_ID, write_past
from taskly.boards.models import BoardAccess
from taskly.boards.rules import WipPolicy
from taskly.embedded.postgres import running_postgres
from taskly.insights import card_answers, code_answers, sprint_answers
from taskly.insights.asking import Asked, Question, answer, open_question
from taskly.insights.card_answers import Outlook
from taskly.insights.code_asking import AskedOfCode, with_pulls
from taskly.insights.rebuild import rebuild
from taskly.insights.rollups import Rollups
from taskly.insights.rules.histories import Selection
from taskly.insights.schemas import Insight
from taskly.kit.clock import SystemClock
from taskly.platform.db.engine import engine_at
from taskly.platform.db.migrate import alembic_config
from taskly.platform.db.session import Database
from taskly.platform.events.announce import SilentAnnouncer
from taskly.workspaces.models import Role

ROUNDS = 15
WARM_UP = 3
AIM = Aim(Held.VALUE, 150)
TWELVE_WEEKS, FOUR_WEEKS, YEAR = 84, 28, 366

Chart = Callable[[Asked], Awaitable[Insight]]


@dataclass(frozen=True, slots=True)
class Bench:
    """A board whose charts are asked for."""

    database: Database
    rollups: Rollups
    connection: asyncpg.Connection
    board: BoardAccess
    now: datetime

    @asynccontextmanager
    async def asked(self, question: Question) -> AsyncIterator[Asked]:
        """The question, ready to be answered."""
        async with open_question(self.board, question, self.database, self.rollups) as asked:
            yield asked

    async def figure(
        self, name: str, question: Question, chart: Chart, *statements: tuple[object, ...]
    ) -> Figure:
        """The time of a chart, beside that of the statements, turn by turn."""

        async def ours() -> None:
            async with self.asked(question) as asked:
                (await chart(asked)).model_dump_json().encode()

        async def plain() -> None:
            for sql, *arguments in statements:
                await self.connection.fetch(str(sql), BOARD_ID, *arguments)

        samples = [(await _timed(ours), await _timed(plain)) for _ in range(ROUNDS + WARM_UP)]
        mine, peers = zip(*samples[WARM_UP:], strict=True)
        if not statements:
            return Figure(name=name, unit="ms", ours=mine, aim=AIM)
        return Figure(name=name, unit="ms", ours=mine, beside="bare SQL", peer=peers, aim=AIM)


def main() -> None:
    """Write a past, fold it, ask and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insights", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    cards = parser.parse_args().cards
    with (
        tempfile.TemporaryDirectory(prefix="taskly-insights-") as directory,
        running_postgres(Path(directory) / "pg", fast=True) as url,
    ):
        command.upgrade(alembic_config(url), "head")
        asyncio.run(_measure(url, cards))


async def _measure(url: str, cards: int) -> None:
    connection = await asyncpg.connect(url)
    engine = engine_at(url, server_settings={"jit": "off"})
    database = Database(engine, engine, clock=SystemClock(), announcer=SilentAnnouncer())
    try:
        began = time.monotonic()
        version = await write_past(connection, cards)
        print(f"{cards} cards, {version} changes: written in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        rebuilt = await rebuild(database, BOARD_ID)
        assert rebuilt is not None
        took = time.monotonic() - began
        _, rows = rebuilt
        print(
            f"Folded into {rows} rows in {took:.0f} s: {rows / took:.0f} rows/s, {version / took:.0f} changes/s"
        )
        await connection.execute("VACUUM ANALYZE card_steps")
        await connection.execute("VACUUM ANALYZE flow_days")
        for row in await connection.fetch(
            "SELECT relname, pg_size_pretty(pg_total_relation_size(oid)) AS size FROM pg_class "
            "WHERE relname IN ('events', 'card_steps', 'flow_days')"
        ):
            print(f"{row['relname']}: {row['size']}")
        board = BoardAccess(
            id=BOARD_ID,
            workspace_id=WORKSPACE_ID,
            key="PAST",
            version=version,
            archived_at=None,
            wip_policy=WipPolicy.WARN,
            role=Role.MEMBER,
        )
        bench = Bench(database, Rollups(database), connection, board, datetime.now(UTC))
        print(table([await _one_more(bench), *await _charts(bench)]))
    finally:
        await engine.dispose()
        await connection.close()


async def _one_more(bench: Bench) -> Figure:
    """The first question after a change: it is folded first."""
    times = []
    for number in range(ROUNDS):
        await bench.connection.execute(
            """
            INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind,
                operation_id, data, created_at)
            SELECT gen_random_uuid(), 'board', stream_id, $2, workspace_id, card_id, type, actor_kind, operation_id, data, now()
            FROM events WHERE stream_id = $1 AND type = 'card.updated' AND data->'after' ? 'story_points' AND version > $3 LIMIT 1
            """,
            BOARD_ID,
            bench.board.version + 1 + number,
            bench.board.version // 2 + number * 100,
        )
        later = replace(bench, board=replace(bench.board, version=bench.board.version + 1 + number))

        async def ask(bench: Bench = later) -> None:
            async with bench.asked(Question(Selection())) as asked:
                (await card_answers.flow(asked)).model_dump_json().encode()

        times.append(await _timed(ask))
    return Figure(name="Flow, first after a change", unit="ms", ours=times, aim=AIM)


async def _charts(bench: Bench) -> Sequence[Figure]:
    today = bench.now.date()
    everything = Question(Selection())
    year = replace(everything, first=today - timedelta(days=YEAR - 1), last=today)
    long_ago = replace(everything, as_of=bench.now - timedelta(days=400))
    label = Question(Selection(label_ids=frozenset({await _id(bench, "label1")})))
    person = frozenset({await _id(bench, "person1")})
    both = replace(label, selection=replace(label.selection, assignee_ids=person))
    return [
        await bench.figure("Flow, 4 weeks", everything, card_answers.flow, (bare.FLOW, today)),
        await bench.figure("Flow, a year", year, card_answers.flow),
        await bench.figure("Flow of a label", label, card_answers.flow),
        await bench.figure("Flow of a label and a person", both, card_answers.flow),
        await bench.figure("Flow as of 400 days ago", long_ago, card_answers.flow),
        *[each async for each in _durations(bench, everything, year, long_ago)],
        *[each async for each in _sprints(bench, everything, label)],
        *[each async for each in _code(bench, everything, year, both)],
    ]


async def _durations(
    bench: Bench, everything: Question, year: Question, long_ago: Question
) -> AsyncIterator[Figure]:
    def done(sql: str, days: int) -> tuple[object, ...]:
        return sql, bench.now.date(), days

    durations, ageing, throughput = (
        card_answers.durations,
        card_answers.ageing,
        card_answers.throughput,
    )
    forecast = partial(card_answers.forecast, outlook=Outlook(None, None, 1))
    in_twelve_weeks = done(bare.DONE, TWELVE_WEEKS), (bare.IN_PROGRESS,)
    drawn_from = done(bare.THROUGHPUT, TWELVE_WEEKS), (bare.OPEN,)
    for name, question, chart, statements in (
        ("Durations, 4 weeks", everything, durations, [done(bare.DONE, FOUR_WEEKS)]),
        ("Durations, a year", year, durations, [done(bare.DONE, YEAR)]),
        ("Durations as of 400 days ago", long_ago, durations, []),
        ("Ageing", everything, ageing, in_twelve_weeks),
        ("Ageing as of 400 days ago", long_ago, ageing, []),
        ("Throughput, 4 weeks", everything, throughput, [done(bare.THROUGHPUT, FOUR_WEEKS)]),
        ("Throughput, a year", year, throughput, [done(bare.THROUGHPUT, YEAR)]),
        ("Forecast", everything, forecast, drawn_from),
    ):
        yield await bench.figure(name, question, chart, *statements)


async def _sprints(bench: Bench, everything: Question, label: Question) -> AsyncIterator[Figure]:
    async with bench.asked(everything) as asked:
        closed = (await sprint_answers.velocity_of_last(asked, 6)).sprints
    windows = [each.window for each in closed]
    last = windows[-1]
    of_last = Question(Selection(sprint_ids=frozenset({last.sprint_id})))
    velocity = partial(sprint_answers.velocity, last=6)
    achieved = [each.sprint_id for each in windows], [each.closes_at for each in windows]
    yield await bench.figure(
        "Burndown",
        of_last,
        sprint_answers.burndown,
        (bare.BURNDOWN, last.opens_at, last.sprint_id),
    )
    yield await bench.figure(
        "Velocity of 6 sprints", everything, velocity, (bare.VELOCITY, *achieved)
    )
    yield await bench.figure("Velocity of 6 sprints of a label", label, velocity)


async def _code(
    bench: Bench, everything: Question, year: Question, both: Question
) -> AsyncIterator[Figure]:
    today = bench.now.date()

    def chart(compute: Callable[[AskedOfCode], Insight]) -> Chart:
        async def ask(asked: Asked) -> Insight:
            of = await with_pulls(bench.board, asked)
            return await answer(partial(compute, of))

        return ask

    reviews, unseen = chart(code_answers.reviews), chart(code_answers.unseen)
    for name, question, asked, statements in (
        ("Reviews, 4 weeks", everything, reviews, [(bare.REVIEWS, today, FOUR_WEEKS)]),
        ("Reviews, a year", year, reviews, [(bare.REVIEWS, today, YEAR)]),
        ("Reviews of a label and a person", both, reviews, []),
        ("Unseen work, 4 weeks", everything, unseen, [(bare.UNSEEN, today, FOUR_WEEKS)]),
        ("Unseen work, a year", year, unseen, [(bare.UNSEEN, today, YEAR)]),
    ):
        yield await bench.figure(name, question, asked, *statements)


async def _id(bench: Bench, name: str) -> UUID:
    found: UUID = await bench.connection.fetchval("SELECT md5($1)::uuid", name)
    return found


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
