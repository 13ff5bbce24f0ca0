"""`taskly github-app-link [--organization NAME]`: print the link on which the GitHub App is made.

Whoever can run this where Taskly runs is its operator; there is no other role for that. See ADR 0017.
"""

import os
import re
import sys
from argparse import ArgumentTypeError

from taskly.github.app_setup.links import make_link
from taskly.kit.clock import SystemClock
from taskly.kit.options import looking_parser
from taskly.platform.settings import SettingsError, load_settings

_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")


def main(arguments: list[str] | None = None) -> int:
    """Print one address on standard output; complaints go to standard error."""
    parser = looking_parser("github-app-link", "Print a link on which the GitHub App is made.")
    parser.add_argument(
        "--organization", type=_login, help="the organisation whose app it shall be; else yours"
    )
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        keys = settings.encryption_key_ring()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    link = make_link(settings, keys, SystemClock().now(), chosen.organization)
    sys.stdout.write(f"{link}\n")
    return 0


def _login(value: str) -> str:
    if not _ORGANIZATION.fullmatch(value):
        raise ArgumentTypeError("use the organisation's name in its address at GitHub")
    return value


if __name__ == "__main__":
    sys.exit(main())
