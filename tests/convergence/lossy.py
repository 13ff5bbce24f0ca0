"""A way to a webhook on which deliveries get lost, come late, twice and in another order."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import httpx2
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.support.serving import served

Fate = Literal["comes", "late", "twice", "lost"]
_HEADERS = ("content-type", "x-github-event", "x-github-delivery", "x-hub-signature-256")


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery on its way."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class LossyWay:
    """Takes deliveries, and passes them on as the plan says; when it is over, calmly."""

    client: httpx2.AsyncClient | None = None
    """Leads to Taskly; there is none while it is down."""
    plan: Sequence[Fate] = ()
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    calm: bool = False
    count: int = 0
    kept: list[Letter] = field(default_factory=list)

    def begin(self, plan: Sequence[Fate], seed: int) -> None:
        """Another history."""
        self.plan, self.chance = plan, random.Random(seed)
        self.calm, self.count, self.kept = False, 0, []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GitHub."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        status = await self._take(Letter(request.url.path, headers, await request.body()))
        await Response(status_code=status)(scope, receive, send)

    async def _take(self, letter: Letter) -> int:
        fate: Fate = "comes"
        if not self.calm and self.plan:
            fate = self.plan[self.count % len(self.plan)]
            self.count += 1
        if fate == "lost":
            return 502
        if fate == "late":
            self.kept.append(letter)
            return 202
        status = await self._pass_on(letter)
        return await self._pass_on(letter) if fate == "twice" else status

    async def _pass_on(self, letter: Letter) -> int:
        if self.client is None:
            return 502
        answer = await self.client.post(letter.path, headers=letter.headers, content=letter.body)
        return int(answer.status_code)

    async def release(self, some: float = 1.0) -> None:
        """Let a part of what is late through, in any order."""
        self.chance.shuffle(self.kept)
        count = round(len(self.kept) * some)
        going, self.kept = self.kept[:count], self.kept[count:]
        for letter in going:
            await self._pass_on(letter)

    async def be_calm(self) -> None:
        """Nothing gets lost from now on, and what was late arrives."""
        self.calm = True
        await self.release()


@asynccontextmanager
async def lossy_way() -> AsyncIterator[tuple[LossyWay, str]]:
    """A way that is calm and leads nowhere yet, and its address."""
    way = LossyWay(calm=True)
    async with served(lambda _: way) as address:
        yield way, address
