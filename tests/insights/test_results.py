"""What a sprint completed is the same where it was completed and in its charts."""

from datetime import timedelta
from random import Random

import pytest

from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

DEEDS = (
    "card",
    "plan",
    "plan",
    "estimate",
    "move",
    "move",
    "finish",
    "finish",
    "archive",
    "restore",
    "delete",
    "mean",
    "start",
    "start",
    "complete",
    "take_back",
    "extend",
    "put_off",
)


class Story:
    """Somebody works on a board with two sprints, an hour after the other; what can't be done is left out."""

    def __init__(self, world: World, actor: Actor, board: Json) -> None:
        self._world, self._actor, self._board = world, actor, board
        self._cards: list[str] = []
        self._sprints: list[str] = []
        self._operations: list[str] = []

    async def begin(self) -> None:
        """Two sprints, and a card in each and in none."""
        for name, days in (
            ("This", ("2026-11-24", "2026-11-25")),
            ("Next", ("2026-11-23", "2026-11-27")),
        ):
            sprint = {"name": name, "starts_on": days[0], "ends_on": days[1]}
            made = expect(
                await self._actor.post(f"/boards/{self._board['id']}/sprints", json=sprint), 201
            )
            self._sprints.append(made["id"])
        for number in range(3):
            await self.play("card", number, number)

    async def play(self, kind: str, one: int, two: int) -> None:
        """Do something, if it can be done."""
        clock = self._world.clock
        assert isinstance(clock, FrozenClock)
        clock.advance(timedelta(hours=1))
        card = self._cards[one % len(self._cards)] if self._cards else ""
        sprint = self._sprints[one % 2]
        columns = self._board["columns"]
        column_id = columns[two % len(columns)]["id"]
        done = column(self._board, "Done")["id"]
        method, path, body = {
            "card": ("POST", f"/boards/{self._board['id']}/cards", self._new(one, two)),
            "plan": ("PATCH", f"/cards/{card}", {"sprint_id": [*self._sprints, None][two % 3]}),
            "estimate": ("PATCH", f"/cards/{card}", {"story_points": two % 9 or None}),
            "move": ("POST", f"/cards/{card}/move", {"column_id": column_id}),
            "finish": ("POST", f"/cards/{card}/move", {"column_id": done}),
            "archive": ("POST", f"/cards/{card}/archive", {}),
            "restore": ("POST", f"/cards/{card}/restore", {}),
            "delete": ("DELETE", f"/cards/{card}", None),
            "mean": ("PATCH", f"/columns/{column_id}", {"category": ["in_progress", "done"][one % 2]}),
            "start": ("POST", f"/sprints/{sprint}/start", {}),
            "complete": (
                "POST",
                f"/sprints/{sprint}/complete",
                {"unfinished": ["backlog", "next_sprint"][two % 2]},
            ),
            "extend": ("PATCH", f"/sprints/{sprint}", {"ends_on": f"2026-12-{1 + two % 20:02}"}),
            "put_off": ("PATCH", f"/sprints/{sprint}", {"starts_on": f"2026-11-{22 + two % 4}"}),
            "take_back": ("POST", f"/operations/{self._last(one)}/undo", {}),
        }[kind]  # fmt: skip
        answer = await self._actor.request(method, path, json=body)
        if answer.is_success:
            self._operations += filter(None, [answer.headers.get("Operation-ID")])
            if kind == "card":
                self._cards.append(answer.json()["id"])

    def _last(self, one: int) -> str:
        last = self._operations[-3:]
        return last[one % len(last)] if last else ""

    def _new(self, one: int, two: int) -> Json:
        columns = self._board["columns"]
        return {
            "title": f"Card {len(self._cards)}",
            "column_id": columns[two % len(columns)]["id"],
            "sprint_id": [*self._sprints, None][one % 3],
            "story_points": 1 + two % 8,
        }

    async def told(self) -> tuple[Json, Json]:
        """What the completed sprints committed, completed and left over, as they tell it and as velocity does."""
        path = f"/boards/{self._board['id']}/insights/velocity?last=50"
        achieved = {
            each["sprint"]["sprint_id"]: each
            for each in expect(await self._actor.get(path), 200)["sprints"]
        }
        results, charts = {}, {}
        for sprint in self._sprints:
            result = expect(await self._actor.get(f"/sprints/{sprint}/result"), 200)
            outcome = result["outcome"]
            if outcome is not None:
                results[sprint] = [
                    {"cards": len(listed["cards"]), "points": listed["points"]}
                    for listed in (
                        result["commitment"],
                        outcome["completed"],
                        outcome["not_completed"],
                    )
                ]
                charts[sprint] = [
                    achieved[sprint][name] for name in ("committed", "completed", "carried_over")
                ]
        return results, charts


@pytest.mark.parametrize("seed", range(12))
async def test_what_a_sprint_completed_is_in_its_result_and_in_its_charts(
    world: World, alice: Actor, board: Json, seed: int
) -> None:
    random = Random(seed)
    story = Story(world, alice, board)
    await story.begin()
    for step in ("start", "complete"):
        for _ in range(25):
            await story.play(random.choice(DEEDS), random.randrange(100), random.randrange(100))
        for sprint in range(2):
            await story.play(step, sprint, random.randrange(2))

    results, charts = await story.told()

    assert results
    assert charts == results
