"""However boards are renamed and cards go about, every key that was ever shown leads to its card."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
KEYS = ("AA", "BB", "CC", "DD")
numbers = st.integers(0, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("card"), numbers, numbers),
        st.tuples(st.just("send"), numbers, numbers),
        st.tuples(st.just("rename"), numbers, numbers),
        st.tuples(st.just("delete"), numbers, numbers),
        st.tuples(st.just("begin"), numbers, numbers),
        st.tuples(st.just("undo"), numbers, numbers),
    ),
    min_size=1,
    max_size=14,
)


class Play:
    """Boards and cards of a workspace, and every key that was ever shown."""

    def __init__(self, actor: Actor, workspace: Json) -> None:
        self.actor = actor
        self.workspace = workspace
        self.boards: list[Json] = []
        self.homes: dict[str, str] = {}
        """The board of each card."""
        self.keys: dict[str, str] = {}
        """The present key of each board."""
        self.shown: dict[str, str] = {}
        """The card of each key."""
        self.snapshots: list[Json] = []
        self.operation = ""

    async def step(self, kind: str, first: int, second: int) -> None:
        """Do something, if it is possible."""
        if kind == "begin":
            await self._begin(KEYS[first])
        elif kind == "undo" and self.operation:
            expect(await self.actor.post(f"/operations/{self.operation}/undo"), 200)
        elif self.boards:
            board = self.boards[first % len(self.boards)]
            if kind == "card":
                made = await self.actor.card(board, f"card {len(self.homes)}")
                self.homes[made["id"]] = board["id"]
            elif kind == "send" and self.homes:
                await self._send(list(self.homes)[second % len(self.homes)], board)
            elif kind == "rename" and self.keys[board["id"]] != KEYS[second]:
                await self._note(
                    await self.actor.patch(f"/boards/{board['id']}", json={"key": KEYS[second]})
                )
            elif kind == "delete" and second == 0:
                expect(await self.actor.delete(f"/boards/{board['id']}"), 204)
                self.boards.remove(board)
                self.operation = ""
        await self._look()

    async def _begin(self, key: str) -> None:
        body = {"name": "Board", "key": key}
        answer = await self.actor.post(f"/workspaces/{self.workspace['id']}/boards", json=body)
        if answer.status_code == 201:
            self.boards.append(answer.json())

    async def _send(self, card: str, board: Json) -> None:
        body = {"board_id": board["id"]}
        await self._note(await self.actor.post(f"/cards/{card}/move-to-board", json=body))

    async def _note(self, answer: Any) -> None:
        if answer.status_code == 200:
            self.operation = answer.headers["Operation-ID"]
        else:
            assert answer.status_code in {409, 422}, answer.text

    async def _look(self) -> None:
        """Note all keys that are shown, and that none changes hands."""
        self.homes = {}
        for board in self.boards:
            snapshot = await self.actor.snapshot(board["id"])
            self.snapshots.append(snapshot)
            self.keys[board["id"]] = snapshot["key"]
            for card in snapshot["cards"]:
                self.homes[card["id"]] = board["id"]
                key = f"{snapshot['key']}-{card['number']}"
                assert self.shown.setdefault(key, card["id"]) == card["id"]


@settings(max_examples=20, **SETTINGS)
@given(history=steps)
async def test_every_key_leads_to_its_card(
    world: World, alice: Actor, history: list[tuple[str, int, int]]
) -> None:
    play = Play(alice, await alice.workspace())
    await play.step("begin", 0, 0)
    await play.step("begin", 1, 0)
    for step in history:
        await play.step(*step)

    world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
    for key, card in play.shown.items():
        answer = await alice.get(f"/workspaces/{play.workspace['id']}/cards/{key}")
        assert answer.status_code == (200 if card in play.homes else 404), key
        assert card not in play.homes or answer.json()["id"] == card
    live = {board["id"] for board in play.boards}
    for snapshot in play.snapshots:
        if snapshot["id"] in live:
            path = f"/boards/{snapshot['id']}/history?at={snapshot['version']}"
            then = as_comparable(expect(await alice.get(path), 200))
            assert differences(then, as_comparable(snapshot)) == []
    for board in play.boards:
        shown = as_comparable(await alice.snapshot(board["id"]))
        assert differences(fold(await read_whole_log(alice, board["id"])), shown) == []
