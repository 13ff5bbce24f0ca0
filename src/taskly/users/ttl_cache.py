"""Answers that may be some seconds old, asked for once however many wait for them."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from taskly.kit.clock import Clock

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class TtlCache(Generic[Key, Answer]):
    """Remembers answers for `seconds`, counted from the moment at which the question was put.

    Callers who want the same answer at the same time share one question. Failures are not
    remembered. When there are more than `size` answers the oldest are dropped.
    """

    def __init__(
        self,
        ask: Callable[[Key], Awaitable[Answer]],
        *,
        clock: Clock,
        seconds: float,
        size: int = 10_000,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._seconds = seconds
        self._size = size
        self._answers: dict[Key, tuple[float, Answer]] = {}
        self._asking: dict[Key, asyncio.Task[Answer]] = {}

    async def get(self, key: Key) -> Answer:
        """The answer, at most `seconds` old. Raises what the question raises."""
        remembered = self._answers.get(key)
        if remembered is not None and self._clock.monotonic() < remembered[0]:
            return remembered[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._find_out(key))
            self._asking[key] = asking
            asking.add_done_callback(_look_at_failure)
        # Whoever stops waiting does not take the answer away from the others.
        return await asyncio.shield(asking)

    async def aclose(self) -> None:
        """Stop asking; whoever waits is cancelled."""
        for asking in list(self._asking.values()):
            asking.cancel()

    async def _find_out(self, key: Key) -> Answer:
        until = self._clock.monotonic() + self._seconds
        try:
            answer = await self._ask(key)
        finally:
            del self._asking[key]
        self._answers.pop(key, None)
        self._answers[key] = (until, answer)
        while len(self._answers) > self._size:
            del self._answers[next(iter(self._answers))]
        return answer


def _look_at_failure(asking: "asyncio.Task[Answer]") -> None:
    """Keep asyncio from complaining when all who waited for a failure have gone."""
    if not asking.cancelled():
        asking.exception()
