"""A worker, perhaps with a child that strays; when asked to end it looks for the servers."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from urllib.parse import parse_qs, urlsplit


def answers(path: str) -> bool:
    """Whether a server listens on this socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(path) == 0


def end(_number: int, _frame: FrameType | None) -> None:
    """Say which servers still run, and end."""
    folder = Path(parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0])
    postgres = answers(str(folder / ".s.PGSQL.5432"))
    redis = answers(urlsplit(os.environ["REDIS_URL"]).path)
    sys.stdout.write(f"ending; postgres runs: {postgres}, redis runs: {redis}\n")
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
if os.environ.get("STAND_IN_CHILD") == "strays":
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
sys.stdout.write("working\n")
sys.stdout.flush()
while True:
    signal.pause()
