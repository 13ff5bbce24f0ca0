"""Somebody is made a viewer while what they asked for waits for a lock: the new role counts."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from tests.support.actors import Actor, Json, expect
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio

Asked = tuple[str, str, Json | None]
"""Method, path and body of what somebody asks for."""


class Place:
    """A workspace of two admins with two boards and two cards."""

    def __init__(self, world: World, alice: Actor, bob: Actor) -> None:
        self.world, self.alice, self.bob = world, alice, bob
        self.workspace: Json = {}
        self.boards: list[Json] = []
        self.cards: list[Json] = []
        self.operation = ""

    async def set_up(self) -> None:
        """Make it all."""
        self.workspace = await self.alice.workspace()
        await self.alice.invite(self.workspace, self.bob, "admin")
        self.boards = [await self.alice.board(self.workspace, name=name) for name in ("A", "B")]
        self.cards = [await self.alice.card(self.boards[0], title) for title in ("One", "Two")]
        async with self.world.runtime.database.reading() as session:
            last = text("SELECT operation_id FROM events ORDER BY id DESC LIMIT 1")
            self.operation = str(await session.scalar(last))

    def stream(self, kind: StreamKind) -> Stream:
        """The stream of the workspace, or of the first board."""
        workspace_id = UUID(self.workspace["id"])
        if kind is StreamKind.WORKSPACE:
            return Stream(kind, workspace_id, workspace_id)
        return Stream(kind, UUID(self.boards[0]["id"]), workspace_id)

    async def status_after_demotion(self, asked: Asked, kind: StreamKind) -> int:
        """How the answer begins that bob gets who is demoted while he waits for a lock that nobody uses."""
        method, path, body = asked
        database = self.world.runtime.database
        async with database.transaction(SYSTEM) as tx:
            await tx.lock(self.stream(kind))
            options: dict[str, Any] = {} if body is None else {"json": body}
            asking = asyncio.create_task(self.bob.request(method, path, **options))
            await wait_for_lock_waits(database)
            await self._demote_bob()
        return (await asking).status_code

    async def _demote_bob(self) -> None:
        # By hand: whoever asks for it waits for the workspace, which may be what is locked.
        demotion = text("UPDATE workspace_members SET role = 'viewer' WHERE user_id = :bob")
        async with self.world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(demotion, {"bob": self.bob.user_id})

    async def count(self) -> tuple[int, ...]:
        """How many changes each log holds, and how many workspaces there are."""
        async with self.world.runtime.database.reading() as session:
            events = "SELECT count(*) FROM events GROUP BY stream_id ORDER BY stream_id"
            left = await session.scalar(text("SELECT count(*) FROM workspaces"))
            return (*(await session.scalars(text(events))), int(left or 0))


@pytest.fixture
async def place(real_world: World, real_alice: Actor) -> Place:
    """Where bob is an admin, for now."""
    place = Place(real_world, real_alice, await real_world.person("bob"))
    await place.set_up()
    return place


ON_BOARDS: dict[str, Callable[[Place], Asked]] = {
    "edit": lambda at: ("PATCH", f"/cards/{at.cards[0]['id']}", {"title": "Mine"}),
    "move": lambda at: (
        "POST",
        f"/cards/{at.cards[0]['id']}/move",
        {"column_id": at.boards[0]["columns"][1]["id"]},
    ),
    "relocate": lambda at: (
        "POST",
        f"/cards/{at.cards[0]['id']}/move-to-board",
        {"board_id": at.boards[1]["id"]},
    ),
    "create": lambda at: ("POST", f"/boards/{at.boards[0]['id']}/cards", {"title": "Mine"}),
    "comment": lambda at: ("POST", f"/cards/{at.cards[0]['id']}/comments", {"body": "Mine"}),
    "column": lambda at: ("POST", f"/boards/{at.boards[0]['id']}/columns", {"name": "Mine"}),
    "rename": lambda at: ("PATCH", f"/boards/{at.boards[0]['id']}", {"name": "Mine"}),
    "delete": lambda at: ("DELETE", f"/boards/{at.boards[0]['id']}", None),
    "undo": lambda at: ("POST", f"/operations/{at.operation}/undo", None),
}


@pytest.mark.parametrize("door", ON_BOARDS)
async def test_who_waits_for_a_board_and_is_demoted_changes_nothing(
    place: Place, door: str
) -> None:
    before = await place.count()

    assert await place.status_after_demotion(ON_BOARDS[door](place), StreamKind.BOARD) == 403
    assert await place.count() == before


async def test_a_bulk_change_of_somebody_demoted_meanwhile_is_refused(place: Place) -> None:
    change = {"mode": "set", "priority": "high"}
    body = {"card_ids": [card["id"] for card in place.cards], "changes": [change]}
    before = await place.count()

    asked = ("POST", "/cards/bulk-update", body)
    assert await place.status_after_demotion(asked, StreamKind.BOARD) == 422
    assert await place.count() == before


async def test_a_move_in_a_larger_transaction_heeds_a_demotion(place: Place) -> None:
    _, path, body = ON_BOARDS["move"](place)
    before = await place.count()
    database = place.world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.lock(place.stream(StreamKind.BOARD))
        moving = asyncio.create_task(
            place.bob.request("POST", path, json=body, headers={"Idempotency-Key": "once"})
        )
        await wait_for_lock_waits(database)
        await place._demote_bob()

    assert (await moving).status_code == 403
    assert await place.count() == before


ON_WORKSPACES: dict[str, Callable[[Place, str], Asked]] = {
    "invite": lambda at, path: (
        "POST",
        f"{path}/invitations",
        {"emails": ["eve@example.com"], "role": "admin"},
    ),
    "remove": lambda at, path: ("DELETE", f"{path}/members/{at.alice.user_id}", None),
    "promote": lambda at, path: ("PATCH", f"{path}/members/{at.bob.user_id}", {"role": "admin"}),
    "extend": lambda at, path: ("POST", f"{path}/boards", {"name": "Mine"}),
    "delete": lambda at, path: ("DELETE", path, {"name": at.workspace["name"]}),
}


@pytest.mark.parametrize("door", ON_WORKSPACES)
async def test_who_waits_for_a_workspace_and_is_demoted_changes_nothing(
    place: Place, door: str
) -> None:
    asked = ON_WORKSPACES[door](place, f"/workspaces/{place.workspace['id']}")
    before = await place.count()

    assert await place.status_after_demotion(asked, StreamKind.WORKSPACE) == 403
    assert await place.count() == before


async def test_a_demotion_waits_for_what_has_begun(place: Place) -> None:
    """Then what was changed with the old role comes before it, and what comes after has the new one."""
    database = place.world.runtime.database
    board = place.boards[0]
    member = f"/workspaces/{place.workspace['id']}/members/{place.bob.user_id}"
    async with database.transaction(SYSTEM) as tx:
        # Bob holds his board and his role, and waits for the card.
        lock = text("SELECT id FROM cards WHERE id = :id FOR UPDATE")
        await tx.session.execute(lock, {"id": UUID(place.cards[0]["id"])})
        body = {"card_ids": [place.cards[0]["id"]], "changes": [{"mode": "archive"}]}
        changing = asyncio.create_task(place.bob.post("/cards/bulk-update", json=body))
        await wait_for_lock_waits(database)
        demotion = asyncio.create_task(place.alice.patch(member, json={"role": "viewer"}))
        await wait_for_lock_waits(database, 2)

    expect(await changing, 200)
    expect(await demotion, 200)
    late = await place.bob.post(f"/boards/{board['id']}/cards", json={"title": "Late"})
    assert late.status_code == 403
