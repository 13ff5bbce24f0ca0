"""Whatever happens, and whoever dies when: every event that was asked for is told, first in order."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.kit.json import loads
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.webhooks import news_repository as log
from taskly.webhooks.messages import message_id
from taskly.webhooks.taking import take
from tests.support.actors import Json, column, expect
from tests.support.waiting import until
from tests.webhooks.place import Place

pytestmark = pytest.mark.anyio

CHANGES = ("card", "card", "move", "move", "rename", "new board", "delete board")
DEATHS = ("never", "never", "before the commit", "after the commit")
ANSWERS = ("yes", "no", "none: killed")


@dataclass(frozen=True, slots=True)
class Step:
    """A change, or something that a worker does; the number chooses a board."""

    kind: str
    how: str
    board: int


changes = st.builds(Step, st.just("change"), st.sampled_from(CHANGES), st.integers(0, 3))
takings = st.builds(Step, st.just("take"), st.sampled_from(DEATHS), st.just(0))
sendings = st.builds(Step, st.just("send"), st.sampled_from(ANSWERS), st.just(0))
waits = st.builds(Step, st.just("wait"), st.just(""), st.just(0))
histories = st.lists(
    st.one_of(changes, takings, sendings, sendings, waits), min_size=8, max_size=30
)


class Killed(Exception):
    """The worker is no more."""


def die(now: bool) -> None:
    """Raise, or not."""
    if now:
        raise Killed


@dataclass(slots=True)
class History:
    """Plays steps."""

    place: Place
    boards: list[Json]
    cards: dict[str, Json]

    async def play(self, step: Step) -> None:
        """Do one step."""
        match step.kind:
            case "change":
                await self.change(step)
            case "take":
                await self.take(step.how)
            case "send":
                await self.send(step.how)
            case _:
                await self.place.change(
                    "UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'"
                )

    async def change(self, step: Step) -> None:
        """Change something on one of the boards."""
        alice = self.place.alice
        if step.how == "new board" or not self.boards:
            self.boards.append(await alice.board(self.place.workspace))
            return
        board = self.boards[step.board % len(self.boards)]
        if step.how == "card":
            self.cards[board["id"]] = await alice.card(board)
        elif step.how == "move" and board["id"] in self.cards:
            card = self.cards[board["id"]]
            there = "To Do" if card["column_id"] != column(board, "To Do")["id"] else "Done"
            self.cards[board["id"]] = await alice.move(card, column_id=column(board, there)["id"])
        elif step.how == "rename":
            expect(await alice.patch(f"/boards/{board['id']}", json={"name": "Other"}), 200)
        elif step.how == "delete board":
            self.boards.remove(board)
            expect(await alice.delete(f"/boards/{board['id']}"), 204)

    async def take(self, death: str) -> None:
        """Take what is new, and perhaps die of it."""
        database = self.place.world.runtime.database
        async with database.reading() as session:
            found = await log.streams_with_news(session, most=1000, limit=100)
        with suppress(Killed):
            for news in found:
                async with database.transaction(SYSTEM) as tx:
                    await take(tx, news)
                    die(death == "before the commit")
                die(death == "after the commit")

    async def send(self, answer: str) -> None:
        """Make one attempt at the message that is due first."""
        due = await self.place.due_jobs("webhooks.deliver")
        if not due:
            return
        receiver = self.place.receiver
        if answer == "none: killed":
            receiver.answers.append(None)
            receiver.arrived.clear()
            sending = asyncio.create_task(execute(self.place.world.runtime, due[0]))
            await until(lambda: receiver.arrived.is_set() or sending.done())
            sending.cancel()
            await asyncio.wait([sending])
            receiver.answers.clear()
            return
        if answer == "no":
            receiver.will_answer(500)
        await execute(self.place.world.runtime, due[0])
        receiver.answers.clear()

    async def end(self) -> None:
        """Let everything be taken and sent."""
        await self.place.tell()
        for _ in range(3):
            await self.place.hurry()


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=histories)
async def test_every_event_is_told_under_one_id_and_first_in_order(
    place: Place, steps: list[Step]
) -> None:
    place.workspace = await place.alice.workspace()
    board = await place.alice.board(place.workspace)
    await place.alice.card(board)
    webhook = await place.listening("*")
    before = {row["id"] for row in await logged(place)}
    place.receiver.received.clear()
    history = History(place, [board], {})

    for step in steps:
        await history.play(step)
    await history.end()

    wanted = {
        message_id(UUID(webhook["id"]), row["id"]): (row["stream_id"], row["version"])
        for row in await logged(place)
        if row["id"] not in before
    }
    first: dict[str, tuple[UUID, int]] = {}
    for request in place.receiver.received:
        body = loads(request.body)
        told = (UUID(body["stream"]["id"]), body["data"]["version"])
        assert first.setdefault(request.headers["webhook-id"], told) == told
    assert first == wanted
    for stream in {stream for stream, _ in wanted.values()}:
        versions = [version for told, version in first.values() if told == stream]
        assert versions == sorted(versions)
    assert set(await place.states()) <= {"delivered"}
    assert expect(await place.alice.delete(f"{place.path}/{webhook['id']}"), 204) is None


async def logged(place: Place) -> list[dict[str, Any]]:
    """What the log of the workspace says; what is of a board as a whole stands there once."""
    return await place.rows(
        "SELECT id, stream_id, version FROM events WHERE workspace_id = :workspace"
        " AND NOT (stream_kind = 'workspace' AND type LIKE 'board.%')",
        workspace=UUID(place.workspace["id"]),
    )
