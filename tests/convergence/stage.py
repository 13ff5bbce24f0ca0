"""Plays a history at GitHub, before a Taskly that is told everything and one that fares badly."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from taskly.kit.ids import new_id
from tests.convergence.history import REVIEWERS, History, Player, Step
from tests.convergence.house import House
from tests.convergence.lossy import Fate
from tests.convergence.side import Side, make_side
from tests.support.actors import Json


@dataclass(frozen=True, slots=True)
class Weather:
    """How badly the other Taskly fares, apart from what the history says."""

    plan: Sequence[Fate]
    """What becomes of deliveries, one after the other, and again from the beginning."""
    seed: int
    """Decides when what is late comes, and when the worker works."""
    tick: float
    """How many seconds pass at GitHub between two things that happen."""

    def __str__(self) -> str:
        marks = {"comes": "·", "late": "~", "twice": "2", "lost": "x"}
        return f"{''.join(marks[fate] for fate in self.plan)} seed {self.seed} tick {self.tick:g}"


@dataclass(slots=True)
class Stage:
    """Both, and who owns a workspace in each."""

    perfect: House
    other: House
    owners: tuple[UUID, UUID]

    async def play(self, history: History, weather: Weather) -> tuple[Json, Json]:
        """What both boards show in the end."""
        github = self.perfect.github
        await github.freeze_clock(tick_seconds=weather.tick)
        names = [f"octo/{new_id().hex}" for _ in range(history.repositories)]
        for name in names:
            await self._repository(name)
        for house in (self.perfect, self.other):
            await house.follow_time()
        needs = history.merged_needs
        perfect = await make_side(self.perfect, self.owners[0], names, needs)
        other = await make_side(self.other, self.owners[1], names, needs)
        self.other.way.begin(weather.plan, weather.seed)
        await self.other.lose_redis()
        playing = _Playing(other, [Player(github, name) for name in names], weather)
        for step in history.steps:
            await playing.play(step)
            await self.perfect.follow_time()
            await self.perfect.place.settle()
        await playing.end()
        return await perfect.shown(), await other.shown()

    async def _repository(self, full_name: str) -> None:
        owner, _, name = full_name.partition("/")
        await self.perfect.github.create_repository(owner, name)
        for login in (self.perfect.login, self.other.login):
            await self.perfect.github.set_access(full_name, login, "admin")
        for login in REVIEWERS:
            await self.perfect.github.set_access(full_name, login, "push")


class _Playing:
    """One history, as the other Taskly lives through it."""

    def __init__(self, side: Side, players: Sequence[Player], weather: Weather) -> None:
        self._side = side
        self._house = side.house
        self._github = side.house.github
        self._players = players
        self._chance = random.Random(weather.seed)

    async def play(self, step: Step) -> None:
        """Let a step happen, and let the other Taskly work on it or not."""
        befalls = {
            "kill": self._kill,
            "restart": self._restart,
            "down": self._go_down,
            "errors": self._fail,
            "limited": self._limit,
            "recover": self._recover,
            "compare": self._compare,
        }
        befall = befalls.get(step.kind)
        if befall is not None:
            await befall(step)
        else:
            await self._happen(step)
            await self._github.settle()
        await self._house.follow_time()
        if self._house.is_up and self._chance.random() < 0.5:
            await self._house.work()
        if self._chance.random() < 0.2:
            await self._house.way.release(0.5)

    async def end(self) -> None:
        """Everything is well again, and was compared once."""
        if not self._house.is_up:
            await self._house.start()
        await self._house.way.be_calm()
        await self._side.compare()
        await self._house.work()
        await self._recover()
        began = self._house.clock.now()
        await self._side.compare()
        await self._house.place.settle()
        assert min(await self._side.compared_at()) >= began

    async def _happen(self, step: Step) -> None:
        count = len(self._players)
        for further in range(count):
            if await self._players[(step.where + further) % count].play(step):
                return

    async def _kill(self, step: Step) -> None:
        if self._house.is_up:
            await self._house.kill_worker(after=5 * step.what)

    async def _restart(self, step: Step) -> None:
        if step.what % 2:
            await self._house.lose_redis()
        await self._house.start()

    async def _go_down(self, _step: Step) -> None:
        await self._house.stop()

    async def _fail(self, step: Step) -> None:
        status, retry_after = ((500, None), (503, 60), (502, None))[step.what % 3]
        await self._github.add_fault(
            "errors", login=self._house.login, status=status, retry_after=retry_after
        )

    async def _limit(self, step: Step) -> None:
        if step.what % 3 == 0:
            await self._github.set_rate_limit(self._house.login, 0, resets_in_seconds=300)
        else:
            retry_after = (None, 30)[step.what % 2]
            await self._github.add_fault(
                "limited", login=self._house.login, retry_after=retry_after
            )

    async def _recover(self, _step: Step | None = None) -> None:
        if not self._house.is_up:
            await self._house.start()
        await self._github.clear_faults()
        await self._house.pass_time()
        await self._house.work()

    async def _compare(self, _step: Step) -> None:
        if self._house.is_up:
            await self._side.compare()
            await self._house.work()
