"""A real worker and scheduler tell a real receiver, and are killed while they do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import KEY
from tests.support.actors import expect
from tests.support.waiting import until
from tests.webhooks.place import Place
from tests.worker.processes import REPOSITORY

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class Workers:
    """Workers with a scheduler in them, started one after the other."""

    def __init__(self, place: Place, log: Path) -> None:
        settings = place.world.runtime.settings
        self._environment = os.environ | {
            "DATABASE_URL": settings.required_database_url(),
            "REDIS_URL": settings.required_redis_url(),
            "TASKLY_ENCRYPTION_KEYS": KEY,
            "TASKLY_JOB_LEASE_SECONDS": "5",
            "TASKLY_SWEEP_SECONDS": "0.5",
            "TASKLY_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES": "true",
            "TASKLY_WEBHOOKS_ALLOW_HTTP": "true",
            "TASKLY_LOG_FORMAT": "json",
        }
        self._log = log
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start one."""
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "taskly.worker", "--with-scheduler"],
                cwd=REPOSITORY,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """kill -9."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    def output(self) -> str:
        """All that they have written."""
        return self._log.read_text()


@pytest.fixture
def workers(place: Place, tmp_path: Path) -> Iterator[Workers]:
    """None at first."""
    made = Workers(place, tmp_path / "workers.log")
    yield made
    made.kill()


async def test_events_are_told_by_workers_that_are_killed_while_they_send(
    place: Place, workers: Workers
) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for number in range(5):
        await place.alice.card(board, f"{number}")
    place.receiver.answers.append(None)

    workers.start()
    await until(place.receiver.arrived.is_set, "the first message")
    workers.kill()
    workers.start()

    async def all_told() -> bool:
        states = await place.states()
        return states == ["delivered"] * 5

    await until(all_told, "all messages")
    first, again, *rest = place.ids()
    assert first == again
    assert [first, *rest] == [entry["message_id"] for entry in await place.log()]
    assert place.webhook["secret"] not in workers.output()
    assert "/hook" not in workers.output()


async def test_a_change_is_told_within_seconds(place: Place, workers: Workers) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.moved")
    workers.start()
    card = await place.alice.card(board)
    expect(await place.alice.post(f"/cards/{card['id']}/archive"), 200)
    expect(await place.alice.post(f"/cards/{card['id']}/restore"), 200)
    other = next(each for each in board["columns"] if each["id"] != card["column_id"])

    await place.alice.move(card, column_id=other["id"])

    await until(place.receiver.arrived.is_set, "the message")
    assert [name for name, _ in place.told()] == ["card.moved"]
