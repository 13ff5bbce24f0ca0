"""Only so many charts are worked out at once in a process, so that boards can be read meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from taskly.insights.asking import Question, open_question
from taskly.insights.rollups import QUESTIONS_AT_ONCE, Rollups, rollups_of
from taskly.insights.rules.histories import Selection
from taskly.platform.db.session import Database
from taskly.platform.http.problems import Unavailable
from taskly.platform.settings import Settings
from tests.insights.days import access_to
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

EVERYTHING = Question(Selection())


@pytest.fixture
async def real_board(real_alice: Actor) -> Json:
    """A board whose log is folded."""
    board = await real_alice.board(await real_alice.workspace(), template="kanban")
    await real_alice.card(board)
    expect(await real_alice.get(f"/boards/{board['id']}/insights/flow"), 200)
    return board


@asynccontextmanager
async def places_taken(rollups: Rollups) -> AsyncIterator[None]:
    """All places for questions are taken."""
    async with AsyncExitStack() as places:
        for _ in range(QUESTIONS_AT_ONCE):
            await places.enter_async_context(rollups.questions.take())
        yield


@asynccontextmanager
async def slow_questions(world: World, actor: Actor, board: Json) -> AsyncIterator[None]:
    """As many slow questions as are worked out at once."""
    access = await access_to(world, actor, board)
    database, rollups = world.runtime.database, rollups_of(world.runtime)
    async with AsyncExitStack() as slow:
        for _ in range(QUESTIONS_AT_ONCE):
            await slow.enter_async_context(open_question(access, EVERYTHING, database, rollups))
        yield


@pytest.mark.parametrize(
    "path",
    [
        "/boards/{board}/insights/flow",
        "/boards/{board}/insights/flow.svg",
        "/boards/{board}/insights/unseen",
        "/boards/{board}/planning",
        "/boards/{board}/digest",
    ],
)
async def test_a_board_is_read_while_questions_wait_and_then_they_are_answered(
    real_world: World, real_alice: Actor, real_board: Json, settings: Settings, path: str
) -> None:
    asked = path.format(board=real_board["id"])
    many = 2 * settings.database_pool_size
    async with slow_questions(real_world, real_alice, real_board):
        questions = [asyncio.create_task(real_alice.get(asked)) for _ in range(many)]
        for number in range(3):
            await real_alice.card(real_board, f"{number}")
            assert len((await real_alice.snapshot(real_board["id"]))["cards"]) == number + 2
        assert not any(question.done() for question in questions)

    assert [answer.status_code for answer in await asyncio.gather(*questions)] == [200] * many


async def test_who_finds_no_place_for_a_question_in_time_is_told_to_come_back(
    real_world: World, real_alice: Actor, real_board: Json
) -> None:
    access = await access_to(real_world, real_alice, real_board)
    database = real_world.runtime.database
    hasty = Database(
        database.writer,
        database.reader,
        clock=database.clock,
        announcer=database.announcer,
        wait_seconds=0.01,
    )
    rollups = Rollups(hasty)
    async with places_taken(rollups):
        with pytest.raises(Unavailable, match="Other charts") as refused:
            async with open_question(access, EVERYTHING, hasty, rollups):
                pass

    assert refused.value.headers == {"Retry-After": "1"}
    async with open_question(access, EVERYTHING, hasty, rollups) as asked:
        assert asked.version == access.version


async def test_who_goes_away_leaves_no_place_behind(
    real_world: World, real_alice: Actor, real_board: Json
) -> None:
    asked = f"/boards/{real_board['id']}/insights/flow"
    async with slow_questions(real_world, real_alice, real_board):
        questions = [asyncio.create_task(real_alice.get(asked)) for _ in range(4)]
        await real_alice.snapshot(real_board["id"])
        for question in questions:
            question.cancel()
        await asyncio.gather(*questions, return_exceptions=True)

    async with slow_questions(real_world, real_alice, real_board):
        pass


async def test_what_has_to_be_folded_first_takes_no_place(
    real_world: World, real_alice: Actor, real_board: Json
) -> None:
    rollups = rollups_of(real_world.runtime)
    access = await access_to(real_world, real_alice, real_board)
    await real_alice.card(real_board, "New")
    async with rollups._turns.take(access.id):
        asked = f"/boards/{real_board['id']}/insights/flow"
        questions = [asyncio.create_task(real_alice.get(asked)) for _ in range(5)]
        for _ in range(3):
            await real_alice.snapshot(real_board["id"])
        async with places_taken(rollups):
            assert not any(question.done() for question in questions)

    assert {answer.status_code for answer in await asyncio.gather(*questions)} == {200}
