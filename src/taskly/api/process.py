"""What one served process loads."""

import gc

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
    app = create_app(settings)
    # What was loaded stays for good: the garbage collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    return app
