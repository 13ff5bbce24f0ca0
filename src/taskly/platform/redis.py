"""Redis clients. Redis may be emptied or restarted at any moment; nothing here is the truth."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo

REQUEST_TIMEOUT_SECONDS = 0.5
SUBSCRIBER_TIMEOUT_SECONDS = 5
WHO_ASKS = DriverInfo()
"""What Redis is told of the library. Each connection would read it from the disk again, where all requests wait."""


def make_request_redis(url: str) -> Redis:
    """A client for use inside requests: half a second at most, no retries.

    The library's default retries turn a time-out of one second into fifteen.
    """
    return Redis.from_url(
        url,
        socket_timeout=REQUEST_TIMEOUT_SECONDS,
        socket_connect_timeout=REQUEST_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
        driver_info=WHO_ASKS,
    )


def make_subscriber_redis(url: str) -> Redis:
    """A client for the one long pub/sub connection of a process, see `realtime.subscriber`.

    It does not come back by itself: who listens connects anew, and knows what was missed.
    """
    return Redis.from_url(
        url,
        socket_timeout=None,
        socket_connect_timeout=SUBSCRIBER_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        driver_info=WHO_ASKS,
    )
