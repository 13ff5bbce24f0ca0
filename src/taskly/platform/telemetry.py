"""Sentry and Prometheus, set up the same way in every process.

Metrics live in the module that counts. Processes that share a directory are read together, so that one
scrape of the api shows the worker too; see `metric_files`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import sentry_sdk
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sentry_sdk.types import Event, Hint

from taskly.platform.metric_files import MULTIPROCESS_VARIABLE, forget_ended_processes
from taskly.platform.redaction import redact_fields
from taskly.platform.settings import Settings

# prometheus_client leaves it untyped.
_collect_processes: Callable[[CollectorRegistry], object] = MultiProcessCollector
_PERSONAL = frozenset({"request", "user", "server_name"})


def start_sentry(settings: Settings, *, process: str, release: str) -> bool:
    """Report errors to Sentry when `SENTRY_DSN` is set; whether it is.

    Reports hold no bodies, no cookies, no addresses, no local variables and no secrets.
    """
    if settings.sentry_dsn is None:
        return False
    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.environment,
        release=release,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        auto_enabling_integrations=False,
        before_send=_without_secrets,
        shutdown_timeout=2,
    )
    sentry_sdk.set_tag("process", process)
    return True


def registry() -> CollectorRegistry:
    """Where to read all metrics: those of this process, or of all that share a directory."""
    directory = os.environ.get(MULTIPROCESS_VARIABLE)
    if directory is None:
        return REGISTRY
    forget_ended_processes(Path(directory))
    together = CollectorRegistry()
    _collect_processes(together)
    return together


def _without_secrets(event: Event, hint: Hint) -> Event | None:
    kept = {name: value for name, value in event.items() if name not in _PERSONAL}
    fields = getattr(hint.get("log_record"), "msg", None)
    if isinstance(fields, dict):
        # A line of our own: its name is what reports of the same are known by, and the rest differs.
        kept["logentry"] = {"message": fields["event"]}
        kept["extra"] = {name: value for name, value in fields.items() if name != "event"}
    return cast("Event", redact_fields(kept))
