"""Convergence: whatever of GitHub's deliveries is lost, late, repeated or out of order, one comparison makes it good.

A repository is connected to two workspaces with the same cards. One is told everything at once and in order; to the
other deliveries come over a way that loses up to three in ten of them. After one comparison with GitHub both boards
show the same. What was found wrong once is kept in `cases.py`.
"""

import random
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from taskly.kit.ids import new_id
from tests.convergence.history import REVIEWERS, Player, Step, histories
from tests.convergence.lossy import Fate, LossyWay, lossy_way
from tests.github.place import Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import differences

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.xdist_group("convergence")]

CARDS = ("Refund", "Fix", "Tidy")
FATES: tuple[Fate, ...] = (
    "comes",
    "comes",
    "comes",
    "comes",
    "late",
    "late",
    "twice",
    "lost",
    "lost",
    "lost",
)
"""Three in ten are lost at most."""
plans = st.lists(st.sampled_from(FATES), min_size=10, max_size=10).filter(
    lambda plan: plan.count("lost") <= 3
)


@dataclass(slots=True)
class Side:
    """A workspace with the repository, and a board in it."""

    board: Json
    repository: Json
    cards: list[Json]


@dataclass(slots=True)
class Both:
    """Taskly, GitHub, and the way between them on which things get lost."""

    place: Place
    ann: Actor
    way: LossyWay
    way_address: str

    async def side(self, full_name: str) -> Side:
        """A workspace that has the repository."""
        workspace = await self.ann.workspace()
        board = await self.ann.board(workspace, key="PAY")
        cards = [await self.ann.card(board, title) for title in CARDS]
        made = expect(
            await self.ann.post(
                f"/workspaces/{workspace['id']}/repositories", json={"full_name": full_name}
            ),
            201,
        )
        await self.place.settle()
        return Side(board, made, cards)

    async def lead_away(self, full_name: str, side: Side) -> str:
        """Have the webhook of a side send over the lossy way; where that has to lead."""
        hook = await self.place.webhook(side.repository)
        [row] = await self.place.rows(
            "SELECT webhook_id FROM git_repositories WHERE id = :id", id=UUID(side.repository["id"])
        )
        token = await self.place.github.create_token("ann", ["repo", "admin:repo_hook"])
        config = {"url": self.way_address, "content_type": "json", "secret": hook.secret}
        async with httpx2.AsyncClient(base_url=self.place.github.api_url, timeout=60) as client:
            answer = await client.patch(
                f"/repos/{full_name}/hooks/{row['webhook_id']}",
                json={"config": config},
                headers={"Authorization": f"Bearer {token}"},
            )
        assert answer.status_code == 200
        return hook.path

    async def shown(self, side: Side) -> Json:
        """What a board shows of its cards' code, without ids and times of our own."""
        snapshot = await self.ann.snapshot(side.board["id"])
        columns = {column["id"]: column["name"] for column in snapshot["columns"]}
        places = {each["id"]: columns[each["column_id"]] for each in snapshot["cards"]}
        shown: Json = {}
        for title, card in zip(CARDS, side.cards, strict=True):
            code = expect(await self.ann.get(f"/cards/{card['id']}/development"), 200)
            shown[title] = {
                "column": places[card["id"]],
                "branches": _by(code["branches"], "name"),
                "pull_requests": _by(map(_pull_request, code["pull_requests"]), "number"),
            }
        return shown


def _by(items: Iterable[Json], *names: str) -> Json:
    """The items by what tells them apart, without what is our own, and what GitHub says only to those who ask."""
    left_out = {"id", "card_id", "verified_at", "error", "mergeability", "required_checks"}
    return {
        " ".join(str(each[name]) for name in names): {
            key: value for key, value in each.items() if key not in left_out
        }
        for each in items
    }


def _pull_request(shown: Json) -> Json:
    reviews, checks = _by(shown["reviews"], "reviewer"), _by(shown["check_runs"], "kind", "name")
    return {**shown, "reviews": reviews, "check_runs": checks}


@pytest.fixture
async def both(place: Place, ann: Actor) -> AsyncIterator[Both]:
    """Both sides, and the reviewers at GitHub."""
    for login in REVIEWERS:
        await place.github.create_user(login)
    async with lossy_way(place.client) as (way, address):
        yield Both(place, ann, way, address)


async def play(
    both: Both, history: Sequence[Step], plan: Sequence[Fate], seed: int, tick: float
) -> tuple[Any, Any]:
    """Play a history; what both boards show in the end."""
    place, chance = both.place, random.Random(seed)
    full_name = f"octo/{new_id().hex}"
    await place.github.run_clock()
    await place.repository(both.ann, full_name)
    for login in REVIEWERS:
        await place.github.set_access(full_name, login, "push")
    perfect, lossy = await both.side(full_name), await both.side(full_name)
    target = await both.lead_away(full_name, lossy)
    await place.settle()
    both.way.begin(target, plan, seed)
    await place.github.freeze_clock(tick_seconds=tick)
    player = Player(place.github, full_name)
    played = []
    for step in history:
        if await player.play(step):
            played.append(str(step))
        await place.settle()
        if chance.random() < 0.2:
            await both.way.release(0.5)
    note(f"played: {played}")
    await both.way.be_calm()
    await place.settle()
    expect(await both.ann.post(f"/repositories/{lossy.repository['id']}/reconcile"), 202)
    await place.settle()
    return await both.shown(perfect), await both.shown(lossy)


@given(history=histories, plan=plans, seed=st.integers(0, 999), tick=st.sampled_from([0.25, 1, 5]))
@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_one_comparison_makes_good_what_deliveries_left_out(
    both: Both, history: list[Step], plan: list[Fate], seed: int, tick: float
) -> None:
    perfect, lossy = await play(both, history, plan, seed, tick)

    wrong = differences(lossy, perfect)
    note("\n".join(wrong))
    assert wrong == []
