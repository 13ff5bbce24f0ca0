"""Asking one question for everybody who waits."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from taskly.kit.tasks import end

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Gathering(Generic[Key, Answer]):
    """Asks about many keys at once: who comes while questions are on their way is in the next one.

    An answer is never older than the request for it, because a question is put after all who share it
    have come. So it costs no freshness, and under load one question serves many. At most `lanes`
    questions are on their way at a time.
    """

    def __init__(
        self, ask: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Answer]]], *, lanes: int
    ) -> None:
        self._ask = ask
        self._free = lanes
        self._waiting: dict[Key, asyncio.Future[Answer | None]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def get(self, key: Key) -> Answer | None:
        """The answer for this key; None if there is none. Raises what the question raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
            if self._free:
                self._put()
        # Whoever stops waiting does not take the answer away from the others.
        return await asyncio.shield(answer)

    async def aclose(self) -> None:
        """Stop asking; whoever waits is cancelled."""
        self._free = 0
        await end(self._asking)
        for answer in self._waiting.values():
            answer.cancel()

    def _put(self) -> None:
        self._free -= 1
        task = asyncio.create_task(self._answer())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _answer(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await self._ask(list(asked))
            except asyncio.CancelledError:
                for answer in asked.values():
                    answer.cancel()
                raise
            except Exception as error:
                for answer in asked.values():
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # nobody may be left to look at it
            else:
                for key, answer in asked.items():
                    if not answer.done():
                        answer.set_result(found.get(key))
        self._free += 1
