"""A board with a sprint, and what two people do there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Team:
    """An admin, a member, a board of theirs, and a sprint on it."""

    world: World
    alice: Actor
    bob: Actor
    board: Json
    sprint: Json

    async def on(self, day: int, hour: int = 9) -> None:
        """Let it be some hour of a day, counted from the first of November 2026 on."""
        assert isinstance(self.world.clock, FrozenClock)
        then = datetime(2026, 11, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)
        self.world.clock.advance(then - self.world.clock.now())

    async def card(self, title: str, points: int | None = None, **fields: Any) -> Json:
        """A card of the sprint."""
        own = {"story_points": points, "sprint_id": self.sprint["id"], **fields}
        return await self.alice.card(self.board, title, **own)

    async def put(self, actor: Actor, card: Json, name: str) -> None:
        """Somebody puts a card into a column."""
        await actor.move(card, column_id=column(self.board, name)["id"])

    async def report(self, **query: Any) -> Json:
        """The report of the sprint."""
        path = f"/sprints/{self.sprint['id']}/report"
        shown: Json = expect(await self.bob.get(path, params=query), 200)
        return shown

    async def digest(self, **query: Any) -> Json:
        """The digest of a week of the board."""
        path = f"/boards/{self.board['id']}/digest"
        shown: Json = expect(await self.bob.get(path, params=query), 200)
        return shown


async def team_in(world: World, alice: Actor, bob: Actor) -> Team:
    """Two people with a board, on the Monday on which a sprint of theirs begins."""
    await alice.stay_signed_in()
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    await bob.stay_signed_in()
    board = await alice.board(workspace, template="kanban", name="Checkout")
    sprint = await sprint_of(alice, board, "Sprint 12", "2026-11-23", "2026-12-04")
    return Team(world, alice, bob, board, sprint)


async def sprint_of(actor: Actor, board: Json, name: str, first: str, last: str) -> Json:
    """A sprint of the board."""
    wanted = {"name": name, "goal": "Refunds work twice", "starts_on": first, "ends_on": last}
    made: Json = expect(await actor.post(f"/boards/{board['id']}/sprints", json=wanted), 201)
    return made


async def a_sprint(team: Team) -> Mapping[str, Json]:
    """Four cards with 11 points, of which things become in five days; the cards by title.

    Late comes in on Tuesday with 3 points, and Big grows from 5 to 8; Cut goes out on Wednesday with its 2, and Early with
    its 3 is done by Alice, Bob being on it. Back with its one point is done on Thursday, and not any more on Friday,
    when Late is done. Then the sprint is completed: Big goes to the next sprint, and Back to the backlog.
    """
    alice, bob, path = team.alice, team.bob, f"/sprints/{team.sprint['id']}"
    cards = {
        "Early": await team.card("Early", 3, assignee_ids=[str(bob.user_id)]),
        "Big": await team.card("Big", 5),
        "Cut": await team.card("Cut", 2),
        "Back": await team.card("Back", 1),
    }
    expect(await alice.post(f"{path}/start"), 200)
    await team.on(24)
    cards["Late"] = await team.alice.card(team.board, "Late", story_points=3)
    expect(
        await bob.patch(f"/cards/{cards['Late']['id']}", json={"sprint_id": team.sprint["id"]}), 200
    )
    await team.on(24, 10)
    expect(await alice.patch(f"/cards/{cards['Big']['id']}", json={"story_points": 8}), 200)
    await team.on(25)
    expect(await alice.patch(f"/cards/{cards['Cut']['id']}", json={"sprint_id": None}), 200)
    await team.put(alice, cards["Early"], "Done")
    await team.on(26)
    await team.put(alice, cards["Back"], "Done")
    await team.on(27)
    await team.put(bob, cards["Back"], "In Progress")
    await team.put(bob, cards["Late"], "Done")
    await team.on(27, 17)
    await sprint_of(alice, team.board, "Sprint 13", "2026-12-07", "2026-12-18")
    goes = [{"card_id": cards["Back"]["id"], "sprint_id": None}]
    wanted = {"unfinished": "next_sprint", "cards": goes}
    expect(await alice.post(f"{path}/complete", json=wanted), 200)
    return cards
