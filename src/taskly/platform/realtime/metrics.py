"""What live updates count."""

from prometheus_client import Counter, Gauge

SOCKETS_OPEN = Gauge(
    "taskly_sockets_open", "WebSockets that are open.", multiprocess_mode="livesum"
)
SOCKETS_CLOSED = Counter("taskly_sockets_closed", "WebSockets that ended, by close code.", ["code"])
EVENTS_DELIVERED = Counter(
    "taskly_events_delivered", "Events handed to the readers of a stream, one for each reader."
)
GAPS_FILLED = Counter(
    "taskly_live_gaps_filled", "Times that a room had missed events and read them from the log."
)
RESTARTS = Counter(
    "taskly_live_restarts", "Times that a room's gap could not be read, so that readers were reset."
)
SUBSCRIPTIONS = Counter(
    "taskly_live_subscriptions", "Subscriptions that Redis confirmed; each checks its room."
)
