"""What one served process loads."""

from fastapi import FastAPI

from taskly import __version__
from taskly.api.app import create_app
from taskly.platform.logging import configure_logging
from taskly.platform.settings import load_settings
from taskly.platform.telemetry import start_sentry


def application() -> FastAPI:
    """The application, with logs and reports of errors set up."""
    settings = load_settings()
    configure_logging(settings, process="api")
    start_sentry(settings, process="api", release=__version__)
    return create_app(settings)
