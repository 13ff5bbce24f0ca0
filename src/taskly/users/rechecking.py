"""When credentials end, the sockets that they opened have to close."""

from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from taskly.platform.realtime.bus import RedisBus

log = structlog.get_logger()


async def recheck_sockets(redis: Redis, user_id: UUID) -> None:
    """Have the person's open sockets prove at once that they may still listen.

    A hint that must not fail what was committed already: without it they do so within half a minute.
    """
    try:
        await RedisBus(redis).recheck(user_id)
    except (RedisError, OSError) as error:
        log.warning("auth.sockets_not_rechecked", error=type(error).__name__)
