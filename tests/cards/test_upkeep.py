"""What was deleted long ago goes for good."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.cards.upkeep import KEEP_DELETED, PurgeDeleted
from taskly.history.schemas import WhyLeft
from taskly.history.undoing import undo
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM, Actor
from taskly.platform.jobs.execution import execute
from taskly.users.principal import Principal
from tests.support.actors import Actor as Person
from tests.support.actors import expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def rows(world: World, table: str) -> int:
    """How many rows a table has."""
    async with world.runtime.database.reading() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


async def purge(world: World) -> None:
    """Do the hourly job."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id: UUID = tx.promise(PurgeDeleted())
    await execute(world.runtime, job_id)


async def test_deleted_cards_and_columns_are_kept_for_thirty_days(
    world: World, alice: Person
) -> None:
    assert isinstance(world.clock, FrozenClock)
    board = await alice.board(await alice.workspace())
    card = await alice.card(board)
    expect(await alice.post(f"/cards/{card['id']}/comments", json={"body": "Hm."}), 201)
    await alice.card(board, "kept", column_id=board["columns"][1]["id"])
    path = f"/boards/{board['id']}/columns/{card['column_id']}"
    deleted = await alice.delete(f"{path}?delete_cards=true")
    expect(deleted, 204)
    for waited, cards, columns, comments in (
        (KEEP_DELETED, 2, 4, 1),
        (timedelta(seconds=1), 1, 3, 0),
    ):
        world.clock.advance(waited)
        await purge(world)
        assert await rows(world, "cards") == cards
        assert await rows(world, "board_columns") == columns
        assert await rows(world, "card_comments") == comments
    async with world.runtime.database.transaction(Actor.user(alice.user_id)) as tx:
        principal = Principal(alice.user_id)
        answer = await undo(tx, principal, UUID(deleted.headers["Operation-ID"]))
    assert [left.reason for left in answer.left] == [WhyLeft.GONE, WhyLeft.GONE]
