"""Whatever people do, everybody has been told exactly what a naive model says."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.notifications.naive import PEOPLE, NaiveWorld
from tests.notifications.place import Team, comment, read_all, team_in, told
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
_TEAMS = count(1)
KINDS = ("assigned", "mentioned", "commented", "invited")

person = st.sampled_from(PEOPLE)
others = st.sampled_from(PEOPLE[1:])
card = st.sampled_from([0, 1])
people = st.sets(person)
Step = tuple[Any, ...]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), person, card, people),
        st.tuples(st.just("describe"), person, card, people),
        st.tuples(st.just("comment"), person, card, people),
        st.tuples(st.just("edit"), st.integers(0, 5), people),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("watch"), person, card, st.booleans()),
        st.tuples(st.just("want"), person, st.sampled_from(KINDS), st.booleans()),
        st.tuples(st.just("read"), person),
        st.tuples(st.just("come_or_go"), others),
    ),
    min_size=10,
    max_size=40,
)


@dataclass(slots=True)
class Play:
    """The same done over HTTP and in the model."""

    team: Team
    cards: list[Json]
    model: NaiveWorld = field(default_factory=NaiveWorld)
    comments: list[Json] = field(default_factory=list)
    texts: int = 0

    def actor(self, name: str) -> Actor:
        """Somebody by name."""
        found: Actor = getattr(self.team, name)
        return found

    def text(self, named: set[str]) -> str:
        """A text that names these people, and was never written before."""
        self.texts += 1
        return " ".join(
            [f"{self.texts}", *(f"@{self.actor(each).login}" for each in sorted(named))]
        )

    async def do(self, step: Step) -> None:
        """Do something, if it can be done by who is there."""
        what, *rest = step
        if rest[0] in PEOPLE and rest[0] not in self.model.members and what != "come_or_go":
            return
        if what in {"edit", "delete"} and rest[0] >= len(self.comments):
            return
        await getattr(self, what)(*rest)

    async def assign(self, actor: str, card: int, wanted: set[str]) -> None:
        """Put people on a card."""
        # Who has left stays on it until a job has come by, and can't be put on it.
        present = wanted & (self.model.members | self.model.on_card[card])
        if not present <= self.model.members:
            return
        ids = [str(self.actor(each).user_id) for each in sorted(present)]
        await self.patch(actor, card, {"assignee_ids": ids})
        self.model.assign(actor, card, present)

    async def describe(self, actor: str, card: int, named: set[str]) -> None:
        """Write a text."""
        await self.patch(actor, card, {"description": self.text(named)})
        self.model.describe(actor, card, named)

    async def comment(self, actor: str, card: int, named: set[str]) -> None:
        """Comment on a card."""
        said = await comment(self.actor(actor), self.cards[card], self.text(named))
        self.comments.append(said)
        self.model.comment(actor, card, named)

    async def edit(self, number: int, named: set[str]) -> None:
        """Put a comment in other words."""
        known = self.model.comments[number]
        if known.deleted or known.author not in self.model.members:
            return
        body = {"body": self.text(named)}
        expect(await self.actor(known.author).patch(self.path(number), json=body), 200)
        self.model.edit(known, named)

    async def delete(self, number: int) -> None:
        """Take a comment's words away."""
        expect(await self.team.alice.delete(self.path(number)), 204)
        self.model.comments[number].deleted = True

    async def watch(self, name: str, card: int, wanted: bool) -> None:
        """Say whether to hear of a card."""
        path = f"/cards/{self.cards[card]['id']}/watchers/me"
        expect(await self.actor(name).request("PUT" if wanted else "DELETE", path), 204)
        self.model.said[name, card] = wanted

    async def want(self, name: str, kind: str, wanted: bool) -> None:
        """Say whether to hear of a kind."""
        body = {kind: {"in_app": wanted}}
        expect(await self.actor(name).patch("/me/notification-settings", json=body), 200)
        (self.model.unwanted.discard if wanted else self.model.unwanted.add)((name, kind))

    async def read(self, name: str) -> None:
        """Read everything."""
        await read_all(self.actor(name))
        self.model.read(name)

    async def come_or_go(self, name: str) -> None:
        """Leave, or be taken in again."""
        workspace = self.team.workspace
        if name in self.model.members:
            path = f"/workspaces/{workspace['id']}/members/{self.actor(name).user_id}"
            expect(await self.team.alice.delete(path), 204)
            self.model.members.remove(name)
        else:
            await self.team.alice.invite(workspace, self.actor(name), "member")
            self.model.rejoin(name)

    async def patch(self, actor: str, card: int, body: Json) -> None:
        """Change a card."""
        expect(await self.actor(actor).patch(f"/cards/{self.cards[card]['id']}", json=body), 200)

    def path(self, number: int) -> str:
        """Where a comment is."""
        said = self.comments[number]
        return f"/cards/{said['card_id']}/comments/{said['id']}"

    async def seen_by(self, name: str) -> list[tuple[str, int | None, bool]]:
        """What somebody sees, the latest first, without how they first came here."""
        shown = [
            (item["kind"], number_of(item), item["read_at"] is not None)
            for item in await told(self.actor(name), limit=200)
        ]
        return shown if name == "alice" or not shown else shown[:-1]


def number_of(item: Json) -> int | None:
    """The number of the card of a notification."""
    return None if item["card_title"] is None else int(item["card_title"])


async def play_in(world: World) -> Play:
    """A new team with two cards."""
    number = next(_TEAMS)
    alice, bob, carol = [await world.person(f"{name}{number}") for name in PEOPLE]
    team = await team_in(world, alice, bob, carol)
    return Play(team, [await alice.card(team.board, f"{number}") for number in range(2)])


@settings(max_examples=25, **SETTINGS)
@given(history=steps)
async def test_everybody_was_told_what_concerns_them_and_nothing_else(
    world: World, history: list[Step]
) -> None:
    play = await play_in(world)
    for step in history:
        await play.do(step)

    for name in PEOPLE:
        assert await play.seen_by(name) == play.model.seen_by(name), name
