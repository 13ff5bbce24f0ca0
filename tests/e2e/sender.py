"""A sender of deliveries who gives up none: what is not taken is sent again, as GitHub's own redelivery does it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import httpx2

from tests.e2e.many_deliveries import Delivery

LONGEST_SECONDS = 120
"""A delivery that nobody takes for so long is lost."""
UNANSWERED_PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Sender:
    """Sends deliveries over a few connections at once, and counts what becomes of them."""

    client: httpx2.AsyncClient
    on_the_way: Mapping[int, Callable[[], None]] = field(default_factory=dict)
    """What happens as soon as so many deliveries are taken."""
    answers: Counter[int] = field(default_factory=Counter)
    """By status."""
    unanswered: int = 0
    """Attempts that got no answer: nobody listened, or the connection broke."""
    without_retry_after: int = 0
    """Refusals that did not say when to come again."""
    taken: dict[str, int] = field(default_factory=dict)
    """The deliveries that were answered 2xx, with that status, by GitHub's ids of them."""
    taken_at: list[float] = field(default_factory=list)

    async def send(self, stories: Sequence[Sequence[Delivery]], *, at_once: int) -> None:
        """Send all; of each story one delivery after the other, of so many stories at once."""
        self.taken_at.append(time.monotonic())
        waiting = list(reversed(stories))

        async def send_stories() -> None:
            while waiting:
                for delivery in waiting.pop():
                    await self._send(delivery)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(send_stories())

    @property
    def seconds(self) -> float:
        """How long it took until all were taken."""
        return self.taken_at[-1] - self.taken_at[0]

    @property
    def longest_gap(self) -> float:
        """The longest time in which none was taken, in seconds."""
        return max(later - earlier for earlier, later in pairwise(self.taken_at))

    async def _send(self, delivery: Delivery) -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            pause = await self._attempt(delivery)
            while pause is not None:
                await asyncio.sleep(pause)
                pause = await self._attempt(delivery)

    async def _attempt(self, delivery: Delivery) -> float | None:
        """Send a delivery once; the seconds until it is to be sent again, None if it is taken."""
        try:
            answer = await self.client.post(
                delivery.path, content=delivery.body, headers=delivery.headers
            )
        except httpx2.TransportError:
            self.unanswered += 1
            return UNANSWERED_PAUSE_SECONDS
        self.answers[answer.status_code] += 1
        if answer.is_success:
            self.taken[delivery.guid] = answer.status_code
            self.taken_at.append(time.monotonic())
            self.on_the_way.get(len(self.taken), lambda: None)()
            return None
        asked = answer.headers.get("Retry-After")
        self.without_retry_after += asked is None
        return float(asked or 1)
