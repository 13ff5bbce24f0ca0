"""The broker: Celery on Redis, configured in one place for those who publish and those who consume.

Messages are wake-ups and hold ids only. The truth about every job is its row in PostgreSQL, so a
message that is lost, doubled or late does no harm; still, all of Celery's own safety is on.
"""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from celery import Celery

from taskly.platform.settings import Settings

RUN_JOB = "taskly.run_job"
"""The one task: `run_job(job_id)`. Everything else about the job stands in its row."""

KEY_PREFIX = "taskly:broker:"
"""In front of all broker keys, so that a Redis may be shared."""

VISIBILITY_SECONDS = 60
"""After this long without an acknowledgement Redis gives a message to another worker."""
RESTORE_INTERVAL_SECONDS = 5
SOCKET_SECONDS = 2
CONNECT_SECONDS = 1
HEALTH_CHECK_SECONDS = 10


def broker_address(redis_url: str) -> str:
    """Our Redis address in kombu's words.

    kombu writes sockets as `redis+socket://path?virtual_host=db`, and with plain `rediss://` it would
    not verify the server's certificate.
    """
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        credentials, separator, _ = parts.netloc.rpartition("@")
        virtual_host = urlencode({"virtual_host": query.get("db", "0")})
        path = quote(parts.path, safe="/")
        return f"redis+socket://{credentials}{separator}{path}?{virtual_host}"
    if parts.scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
        return urlunsplit(parts._replace(query=urlencode(query)))
    return redis_url


def queue_key(queue: str) -> str:
    """The Redis list that holds the waiting messages of a queue."""
    return f"{KEY_PREFIX}{queue}"


def make_broker(settings: Settings) -> Celery:
    """A Celery application without tasks. It connects when it is first used."""
    visibility = {"visibility_timeout": VISIBILITY_SECONDS}
    broker = Celery("taskly", set_as_current=False)
    broker.conf.update(
        broker_url=broker_address(settings.required_redis_url()),
        broker_transport_options={**visibility, **_TRANSPORT},
        # Celery reads the time-out in three places.
        **visibility,
        result_backend_transport_options=visibility,
        broker_connection_timeout=CONNECT_SECONDS,
        **_CELERY,
    )
    return broker


_TRANSPORT = {
    "global_keyprefix": KEY_PREFIX,
    "unacked_restore_interval": RESTORE_INTERVAL_SECONDS,
    # Look for lost messages at each interval; by default it is every tenth.
    "unacked_restore_throttle": 1,
    # A worker takes from the first of its queues that has something.
    "queue_order_strategy": "priority",
    "socket_timeout": SOCKET_SECONDS,
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_keepalive": True,
    "health_check_interval": HEALTH_CHECK_SECONDS,
}

_CELERY = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "result_backend": None,
    "task_ignore_result": True,
    "task_create_missing_queues": True,
    "task_publish_retry": False,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_pool_limit": 1,
    "timezone": "UTC",
}
