"""A report is made on one connection, and so of one moment."""

import pytest

from taskly.platform.db.engine import make_reader
from tests.reports.place import a_sprint, team_in
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_reports_are_answered_where_readers_have_one_connection(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await team_in(real_world, real_alice, await real_world.person("bob"))
    await a_sprint(team)
    runtime = real_world.runtime
    small = {"database_pool_size": 1, "database_wait_seconds": 0.2}
    reader = make_reader(runtime.settings.model_copy(update=small), application="taskly tests")
    monkeypatch.setattr(runtime.database, "reader", reader)

    try:
        report, digest = await team.report(), await team.digest(week="2026-W48")
    finally:
        await reader.dispose()

    assert report["delivered"]["count"] == digest["delivered"]["count"] == 2
