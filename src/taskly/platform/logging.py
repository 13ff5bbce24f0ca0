"""Logs: one line an event, with a static name and fields, on standard output.

Colours on a terminal, JSON elsewhere. Whatever the standard library's loggers say (Celery, uvicorn,
SQLAlchemy) goes the same way, and no line leaves the process with a secret in it.
"""

import logging
import sys
from typing import TextIO

import structlog
from stamina.instrumentation import set_on_retry_hooks
from structlog.types import EventDict, Processor, WrappedLogger

from taskly.platform.context import request_id
from taskly.platform.redaction import redact_fields
from taskly.platform.settings import Settings

_CHATTY = (
    "amqp",
    "asyncio",
    "celery",
    "httpcore2",
    "httpx2",
    "kombu",
    "sqlalchemy",
    "uvicorn.access",
)


def configure_logging(settings: Settings, *, process: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream`, by default standard output.

    `process` (api, worker, scheduler, …) stands in every line. Call it once, before anything is logged.
    """
    stream = stream or sys.stdout
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    before = _before_rendering(process)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask_secrets,
                _renderer(settings, stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    set_on_retry_hooks(())  # Whoever repeats something says so in its own words.
    _quieten(level)


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last processor before the renderer: fields named like secrets, and texts that look like one."""
    return redact_fields(event)


def _before_rendering(process: str) -> list[Processor]:
    def add_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        # uvicorn's copy of the message for terminals: escape codes in every log line.
        event.pop("color_message", None)
        return event

    return [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        add_process,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    current = request_id.get()
    if current is not None:
        event.setdefault("request_id", current)
    return event


def _renderer(settings: Settings, stream: TextIO) -> Processor:
    terminal = stream.isatty()
    if settings.log_format == "json" or (settings.log_format == "auto" and not terminal):
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(
        colors=terminal, exception_formatter=structlog.dev.plain_traceback
    )


def _quieten(level: int) -> None:
    """Let libraries speak of trouble only, through our handler."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "celery", "kombu"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    logging.captureWarnings(capture=True)
