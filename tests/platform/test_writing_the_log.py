"""Writing the log: very many events are stored in parts, and it is the same log; each has its own time."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Rider, Stream
from taskly.platform.events.models import AuditEntry, Event, StreamKind
from taskly.workspaces.events import WorkspaceUpdated
from taskly.workspaces.models import Workspace
from tests.platform.statements import statements_of
from tests.support.actors import Actor, expect
from tests.support.database import RecordingAnnouncer
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_many_events_are_stored_in_parts(
    world: World, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.platform.events.log.WRITTEN_AT_A_TIME", 3)
    board = await alice.board(await alice.workspace())
    cards = [await alice.card(board, f"card {number}") for number in range(7)]
    before = await alice.snapshot(board["id"])
    body = {
        "card_ids": [card["id"] for card in cards],
        "changes": [{"mode": "set", "priority": "high"}],
    }

    sent = await statements_of(world, lambda: alice.post("/cards/bulk-update", json=body))

    assert len([each for each in sent if "INSERT INTO events" in each.sql]) == 3
    after = await alice.snapshot(board["id"])
    assert after["version"] == before["version"] + 7
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, after["version"] + 1))
    assert differences(fold(log), as_comparable(after)) == []
    operation = {event["operation_id"] for event in log[-7:]}
    assert len(operation) == 1
    assert expect(await alice.post(f"/operations/{operation.pop()}/undo"), 200)["left"] == []


async def test_each_event_is_stored_with_the_time_at_which_it_was_recorded(
    world: World, alice: Actor, clock: FrozenClock, announcer: RecordingAnnouncer
) -> None:
    workspace_id = UUID((await alice.workspace())["id"])
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        for before, after in (("Pay", "Payments"), ("Payments", "Refunds")):
            clock.advance(timedelta(minutes=1))
            tx.log.at = clock.now()
            change = WorkspaceUpdated(
                id=workspace_id, before={"name": before}, after={"name": after}
            )
            tx.record(workspace_id, change)

    told = {each.id: each.at for each in announcer.recorded[-2:]}
    assert len(set(told.values())) == 2
    async with world.runtime.database.reading() as session:
        for table in (Event, AuditEntry):
            query = select(table.id, table.created_at).where(table.id.in_(told))
            assert {row.id: row.created_at for row in await session.execute(query)} == told
        head = select(Workspace.updated_at).where(Workspace.id == workspace_id)
        assert await session.scalar(head) == clock.now()


async def test_nothing_rides_along_with_a_stream_that_has_nothing_to_store(
    world: World, alice: Actor
) -> None:
    workspace_id = UUID((await alice.workspace())["id"])
    rider = Rider("DELETE FROM cards WHERE id = :ride_id", {"ride_id": workspace_id})
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        with pytest.raises(LookupError, match="record that first"):
            tx.log.ride(workspace_id, rider)
        tx.record(workspace_id, WorkspaceUpdated(id=workspace_id, before={}, after={}))
        await tx.store_log(workspace_id)
        with pytest.raises(LookupError, match="record that first"):
            tx.log.ride(workspace_id, rider)
