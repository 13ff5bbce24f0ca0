"""What is counted of deliveries, by event. Events that do not matter here are counted together as `other`."""

from prometheus_client import Counter

from taskly.github.deliveries.payloads import EVENTS

_TAKEN = Counter(
    "taskly_deliveries",
    "Deliveries of GitHub, by event and what became of them.",
    ["event", "outcome"],
)
_WORKED_OUT = Counter(
    "taskly_deliveries_processed",
    "Deliveries worked out, by event and outcome.",
    ["event", "outcome"],
)


def count_taken(event: str, outcome: str) -> None:
    """Count a request of GitHub, or a delivery that is taken up again."""
    _TAKEN.labels(_label(event), outcome).inc()


def count_refused() -> None:
    """Count a request that is not signed as it should be: what it says of itself is not believed."""
    _TAKEN.labels("unknown", "refused").inc()


def count_worked_out(event: str, outcome: str) -> None:
    """Count an attempt to work a delivery out."""
    _WORKED_OUT.labels(_label(event), outcome).inc()


def _label(event: str) -> str:
    return event if event in EVENTS or event == "ping" else "other"
