"""kombu's Redis transport, without one fault that makes workers deaf.

A worker holds as many unacknowledged messages as it may run jobs. When Redis goes away while a job runs
and is back before kombu notices, acknowledging that message fails, and kombu (5.7) keeps counting it
for ever: each such message takes a place away, until the worker takes none any more. Here a place is
free again whether or not Redis heard of it; the message may then come back, and finds its job claimed.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


class ForgivingQoS(redis.QoS):
    """Frees the place of a message even when its acknowledgement fails."""

    def ack(self, delivery_tag: Any) -> None:
        """Acknowledge in Redis, and in any case here."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: Any, requeue: bool = False) -> None:
        """Reject in Redis, and in any case free the place here."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class ForgivingChannel(redis.Channel):
    """A channel that counts its messages so."""

    QoS = ForgivingQoS


class Transport(redis.Transport):
    """The transport behind `redis://` and `rediss://` in a worker process."""

    Channel = ForgivingChannel


def use_forgiving_transport() -> None:
    """Let kombu use this transport in this process. Call it before the first connection is made."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
