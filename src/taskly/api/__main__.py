"""`python -m taskly.api`: one or more api processes."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from taskly.api.server import run_api
from taskly.platform.logging import configure_logging
from taskly.platform.settings import SettingsError, load_settings
from taskly.users.signing_keys import SigningKeys


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; the exit code."""
    ArgumentParser(
        prog="taskly api",
        description="Run the HTTP API until SIGTERM or Ctrl-C. Settings name address, port and "
        "number of processes: TASKLY_HOST, TASKLY_PORT, TASKLY_API_PROCESSES.",
    ).parse_args(arguments)
    try:
        settings = load_settings()
        settings.required_database_url()
        settings.required_redis_url()
        SigningKeys.parse(settings.jwt_keys.get_secret_value())
        settings.encryption_key_ring()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    configure_logging(settings, process="api")
    run_api(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
