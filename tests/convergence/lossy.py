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


@dataclass(slots=True)
class LossyWay:
    """Takes deliveries, and passes them on as the plan says; when it is over, calmly."""

    client: httpx2.AsyncClient
    target: str = ""
    plan: Sequence[Fate] = ()
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    calm: bool = False
    count: int = 0
    kept: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def begin(self, target: str, plan: Sequence[Fate], seed: int) -> None:
        """Another history."""
        self.target, self.plan, self.chance = target, plan, random.Random(seed)
        self.calm, self.count, self.kept = False, 0, []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GitHub."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name: request.headers[name] for name in _HEADERS if name in request.headers}
        status = await self._take(headers, await request.body())
        await Response(status_code=status)(scope, receive, send)

    async def _take(self, headers: dict[str, str], body: bytes) -> int:
        fate: Fate = "comes"
        if not self.calm and self.plan:
            fate = self.plan[self.count % len(self.plan)]
            self.count += 1
        if fate == "lost":
            return 502
        if fate == "late":
            self.kept.append((headers, body))
            return 202
        status = await self._pass_on(headers, body)
        return await self._pass_on(headers, body) if fate == "twice" else status

    async def _pass_on(self, headers: dict[str, str], body: bytes) -> int:
        answer = await self.client.post(self.target, headers=headers, content=body)
        return int(answer.status_code)

    async def release(self, some: float = 1.0) -> None:
        """Let a part of what is late through, in any order."""
        self.chance.shuffle(self.kept)
        count = round(len(self.kept) * some)
        going, self.kept = self.kept[:count], self.kept[count:]
        for headers, body in going:
            await self._pass_on(headers, body)

    async def be_calm(self) -> None:
        """Nothing gets lost from now on, and what was late arrives."""
        self.calm = True
        await self.release()


@asynccontextmanager
async def lossy_way(client: httpx2.AsyncClient) -> AsyncIterator[tuple[LossyWay, str]]:
    """A way, and its address."""
    way = LossyWay(client)
    async with served(lambda _: way) as address:
        yield way, address
