"""`taskly`, with all its commands."""

import sys

from stamina.instrumentation import set_on_retry_hooks

from taskly.client.commands import app
from taskly.client.refusal import Refused
from taskly.client.showing import printable


def main() -> int:
    """Run the command that the words of the command line name; the exit code if it can't be done."""
    set_on_retry_hooks(())  # They would log to standard output, between what a program reads there.
    try:
        app(prog_name="taskly")
    except Refused as refusal:
        sys.stderr.write(f"{printable(str(refusal))}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
