"""A PostgreSQL of our own, alone."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from taskly.embedded import binaries
from taskly.embedded.errors import CannotStart
from taskly.embedded.postgres import running_postgres
from taskly.embedded.processes import identify, wait_until_gone
from tests.embedded.watching import PATIENCE_SECONDS, known

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a promise for Linux")
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="about root")

HOLD = """
import sys, time
from pathlib import Path
from taskly.embedded.postgres import running_postgres
with running_postgres(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(1000)
"""
"""A program that runs a PostgreSQL until it is killed."""


def ask(url: str, question: str) -> str:
    """The one value that a query gives, as text."""

    async def fetch() -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval(question))
        finally:
            await connection.close()

    return asyncio.run(fetch())


def postmaster_of(cluster: Path) -> int:
    """The process id of its server."""
    return int((cluster / "postmaster.pid").read_text().splitlines()[0])


def wheel_folder() -> Path:
    """Where PostgreSQL's wheel is."""
    spec = find_spec(binaries.POSTGRES_WHEEL)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def socket_folder(url: str) -> Path:
    """The folder of the server's socket."""
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def test_it_is_set_up_for_boards(home: Path) -> None:
    with running_postgres(home / "pg") as url:
        settings = {
            name: ask(url, f"SHOW {name}")
            for name in (
                "server_version_num",
                "fsync",
                "synchronous_commit",
                "full_page_writes",
                "server_encoding",
                "timezone",
                "max_connections",
                "shared_buffers",
                "listen_addresses",
            )
        }
        assert settings.pop("server_version_num").startswith("18")
        assert settings == {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "server_encoding": "UTF8",
            "timezone": "UTC",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "listen_addresses": "",
        }
        locale = "SELECT datlocale FROM pg_database WHERE datname = current_database()"
        assert ask(url, locale) == "C.UTF-8"
        assert ask(url, "SELECT upper('äöü')") == "ÄÖÜ"


def test_its_role_owns_a_database_and_is_no_superuser(home: Path) -> None:
    with running_postgres(home / "pg", fast=True) as url:
        assert ask(url, "SELECT current_user || ' ' || current_database()") == "taskly taskly"
        assert ask(url, "SHOW is_superuser") == "off"
        ask(url, "CREATE DATABASE another")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(url, "COPY (SELECT 1) TO PROGRAM 'cat'")


def test_fast_gives_up_durability(home: Path) -> None:
    with running_postgres(home / "pg", fast=True) as url:
        assert ask(url, "SHOW fsync") == "off"


def test_it_keeps_its_data_and_leaves_no_socket(home: Path) -> None:
    with running_postgres(home / "pg") as url:
        ask(url, "CREATE TABLE kept AS SELECT 'something' AS what")
    assert not socket_folder(url).exists()
    with running_postgres(home / "pg") as url:
        assert ask(url, "SELECT what FROM kept") == "something"


def test_several_run_side_by_side_below_a_long_path_with_blanks(home: Path) -> None:
    folder = home.joinpath(*("very long" * 10,) * 2)
    with ExitStack() as stack:
        urls = [
            stack.enter_context(running_postgres(folder / name, fast=True)) for name in ("a", "b")
        ]
        for number, url in enumerate(urls):
            ask(url, f"CREATE TABLE mine AS SELECT {number} AS number")
        assert [ask(url, "SELECT number FROM mine") for url in urls] == ["0", "1"]


@ON_LINUX
@pytest.mark.slow
def test_it_ends_with_a_process_that_is_killed(home: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, home / "pg"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"ready\n"
    server = known(postmaster_of(home / "pg"))
    holder.kill()
    holder.communicate()
    assert wait_until_gone(server, PATIENCE_SECONDS)
    shutil.rmtree((home / "pg.sockets").readlink())


@ON_LINUX
@pytest.mark.slow
def test_an_orphan_of_the_same_cluster_is_ended(home: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, home / "pg"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    orphan = known(postmaster_of(home / "pg"))
    os.kill(orphan.pid, signal.SIGSTOP)
    holder.kill()
    holder.communicate()
    assert identify(orphan.pid) == orphan
    # It would end now, but only if it were let.
    with running_postgres(home / "pg") as url:
        assert ask(url, "SELECT 1") == "1"
        assert identify(orphan.pid) is None


@ON_LINUX
def test_a_process_that_has_the_number_of_an_old_server_is_left_alone(home: Path) -> None:
    cluster = home / "pg"
    with running_postgres(cluster, fast=True):
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "1000"], cwd=home) as bystander:
        lines[0] = str(bystander.pid)
        (cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
        with running_postgres(cluster, fast=True) as url:
            assert ask(url, "SELECT 1") == "1"
        assert bystander.poll() is None
        bystander.kill()


def test_a_cluster_that_was_not_finished_is_made_again(home: Path) -> None:
    unfinished = home / "pg.new-abandoned"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with running_postgres(home / "pg", fast=True) as url:
        assert ask(url, "SELECT 1") == "1"
    assert sorted(path.name for path in home.iterdir()) == ["pg", "pg.log"]


def test_a_folder_with_something_else_in_it_is_left_alone(home: Path) -> None:
    cluster = home / "pg"
    cluster.mkdir()
    (cluster / "letter").write_text("Dear …")
    with (
        pytest.raises(CannotStart, match="can't be made: Directory not empty"),
        running_postgres(cluster),
    ):
        pass
    assert [path.name for path in cluster.iterdir()] == ["letter"]
    assert sorted(path.name for path in home.iterdir()) == ["pg"]


def test_a_cluster_of_another_version_is_refused(home: Path) -> None:
    cluster = home / "pg"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("9.6\n")
    with (
        pytest.raises(CannotStart, match=r"PostgreSQL 9\.6 is not installed"),
        running_postgres(cluster),
    ):
        pass


def test_a_server_that_ends_at_once_is_quoted(home: Path) -> None:
    with running_postgres(home / "pg", fast=True):
        pass
    (home / "pg" / "postgresql.conf").write_text("no_such_setting = on\n")
    with (
        pytest.raises(CannotStart, match="unrecognized configuration parameter"),
        running_postgres(home / "pg", fast=True),
    ):
        pass


@AS_ROOT
def test_a_copy_that_root_restored_is_taken_over(home: Path) -> None:
    with running_postgres(home / "pg", fast=True) as url:
        ask(url, "CREATE TABLE kept AS SELECT 'something' AS what")
    restored = home / "restored"
    shutil.copytree(home / "pg", restored)
    restored.chmod(0o700)
    assert (restored / "PG_VERSION").stat().st_uid == 0
    with running_postgres(restored, fast=True) as url:
        assert ask(url, "SELECT what FROM kept") == "something"


@AS_ROOT
@pytest.mark.slow
def test_programs_that_only_root_can_read_are_copied_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = wheel_folder()
    closed = home / "packages"
    closed.mkdir(mode=0o700)
    for name in ("bin", "lib", "share"):
        part = Path("pginstall18", name)
        shutil.copytree(wheel / part, closed / wheel.name / part)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs")
    (closed / wheel.name / "__init__.py").touch()
    monkeypatch.syspath_prepend(closed)
    with tempfile.TemporaryDirectory(dir="/tmp") as copies:
        Path(copies).chmod(0o755)
        monkeypatch.setattr(binaries, "COPIES", Path(copies))
        for _ in range(2):
            with running_postgres(home / "pg", fast=True) as url:
                assert ask(url, "SELECT 1") == "1"
                [copy] = Path(copies).iterdir()
                program = Path(f"/proc/{postmaster_of(home / 'pg')}/exe").readlink()
                assert program == copy / wheel.name / "pginstall18" / "bin" / "postgres"
