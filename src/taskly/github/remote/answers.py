"""GitHub's earlier answers, to ask only whether they still hold."""

from dataclasses import dataclass
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.kit.json import dumps, loads

log = structlog.get_logger()

KEEP_SECONDS = 7 * 24 * 3600
MAXIMUM_BYTES = 256 * 1024
"""Larger answers are fetched again: Redis is not for them."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer, the tag by which GitHub knows it, and where the list goes on."""

    etag: str
    body: bytes
    next_page: str | None


class AnswerCache(Protocol):
    """Keeps answers for a while; may lose any of them at any time."""

    async def get(self, key: str) -> CachedAnswer | None:
        """The answer that was kept under the key."""

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """Keep an answer."""


class RedisAnswers:
    """Keeps answers in Redis, for all processes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, key: str) -> CachedAnswer | None:
        """See `AnswerCache`."""
        try:
            found = await self._redis.get(_name(key))
        except (RedisError, OSError) as error:
            log.warning("github.answers_unavailable", error=repr(error))
            return None
        if not isinstance(found, bytes):
            return None
        head, _, body = found.partition(b"\n")
        etag, next_page = loads(head)
        return CachedAnswer(etag, body, next_page)

    async def put(self, key: str, answer: CachedAnswer) -> None:
        """See `AnswerCache`."""
        if len(answer.body) > MAXIMUM_BYTES:
            return
        kept = dumps([answer.etag, answer.next_page]) + b"\n" + answer.body
        try:
            await self._redis.set(_name(key), kept, ex=KEEP_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("github.answers_unavailable", error=repr(error))


def _name(key: str) -> str:
    return f"github:answer:{key}"
