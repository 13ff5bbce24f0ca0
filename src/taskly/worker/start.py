"""How the worker's and the scheduler's processes begin: options, settings, logs, handlers."""

import os
import sys
from argparse import ArgumentParser, Namespace
from importlib.metadata import version

import structlog

from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings, SettingsError, load_settings
from taskly.platform.telemetry import start_sentry
from taskly.worker.registry import load_tasks

log = structlog.get_logger()


def option_parser(process: str) -> ArgumentParser:
    """The options that all processes of this package share."""
    parser = ArgumentParser(prog=f"taskly {process}")
    parser.add_argument(
        "--module",
        action="append",
        default=[],
        metavar="NAME",
        help="import one more module with job handlers; may be repeated",
    )
    return parser


def settings_or_exit() -> Settings:
    """The settings; without usable ones the program ends with code 78 and says which to change."""
    try:
        settings = load_settings()
        settings.required_database_url()
        settings.required_redis_url()
        settings.encryption_key_ring()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(os.EX_CONFIG) from None
    return settings


def prepare(process: str, settings: Settings, options: Namespace) -> None:
    """Set up logs and Sentry and load all job handlers."""
    configure_logging(settings, process=process)
    start_sentry(settings, process=process, release=version("taskly"))
    load_tasks(options.module)
