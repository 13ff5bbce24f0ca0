"""A program that belongs to an instance and says when it starts and ends."""

import signal
import sys
from types import FrameType


def say(word: str) -> None:
    """One line."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def end(_number: int, _frame: FrameType | None) -> None:
    """End."""
    say("ending")
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
say("here")
while True:
    signal.pause()
