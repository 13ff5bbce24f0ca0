"""Workers and people at once: nobody waits for ever, and every log is whole."""

import asyncio

import pytest

from taskly.platform.jobs.execution import execute
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

WORKERS = 6
CARDS = 6


async def test_six_workers_and_two_people_leave_whole_logs_and_no_failure(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    boards = [board, await ann.board(workspace, name="Mobile", key="MOB")]
    cards = [await ann.card(owner, f"Card {n}") for owner in boards for n in range(CARDS)]
    await place.connected(ann, workspace, "octo/website")
    await tell_much(place)

    async def work() -> None:
        while due := await place.due_jobs():
            await asyncio.gather(*(execute(place.runtime, job_id) for job_id in due[:3]))

    async def person(mine: list[Json], owner: Json) -> None:
        for number in range(4):
            for card in mine:
                target = owner["columns"][number]["id"]
                expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": target}), 200)

    await asyncio.gather(
        *(work() for _ in range(WORKERS)),
        person(cards[:CARDS], boards[0]),
        person(cards[CARDS:], boards[1]),
    )
    await place.settle()
    states = await place.rows(
        "SELECT state::text, count(*) AS count FROM webhook_deliveries GROUP BY state"
    )
    assert {row["state"] for row in states} <= {"processed", "ignored"}
    failures = await place.rows("SELECT kind, last_error FROM jobs WHERE last_error IS NOT NULL")
    assert failures == []
    for owner in boards:
        snapshot = await ann.snapshot(owner["id"])
        assert {pull["state"] for pull in snapshot["pull_requests"]} == {"merged"}
        assert fold(await read_whole_log(ann, owner["id"])) == as_comparable(snapshot)


async def tell_much(place: Place) -> None:
    """Pull requests of two repositories, each naming cards of both boards in another order."""
    await place.github.freeze_clock(tick_seconds=30)
    for number in range(1, CARDS + 1):
        for repository, keys in (
            (REPOSITORY, f"PAY-{number} MOB-{number}"),
            ("octo/website", f"MOB-{number} PAY-{CARDS + 1 - number}"),
        ):
            name = f"fix-{number}"
            await place.github.push(repository, name, actor="ann")
            pull = await place.github.open_pull_request(repository, name, keys, author="ann")
            await place.github.report_check(repository, name, "build", conclusion="success")
            await place.github.merge(repository, pull.number)
    await place.github.settle()
