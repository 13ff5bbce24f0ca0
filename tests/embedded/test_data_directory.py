"""The data directory: its lock, its secrets, its way to be found."""

import base64
import os
import stat
from pathlib import Path

import pytest

from taskly.embedded.data_directory import locked
from taskly.embedded.errors import CannotStart
from taskly.embedded.found import NothingRuns, findable, found_environment
from taskly.embedded.secrets import kept_secrets
from taskly.embedded.sockets import linked_socket_folder
from taskly.embedded.variables import variables_of
from taskly.platform.settings import Settings


def test_it_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with locked(tmp_path / "a" / "b"):
        assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_it_serves_one_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(CannotStart) as refused, locked(tmp_path):
            pass
        assert str(refused.value) == (
            f"Taskly runs on {tmp_path} already (process {os.getpid()}). "
            "Stop it first, or choose another folder with --data-dir."
        )
    with locked(tmp_path):
        pass


def test_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    complaint = "file can't be used: File exists"
    with pytest.raises(CannotStart, match=complaint), locked(tmp_path / "file"):
        pass


def test_secrets_are_made_once_and_are_the_owners(tmp_path: Path) -> None:
    made = kept_secrets(tmp_path)
    assert kept_secrets(tmp_path) == made
    assert sorted(made) == ["TASKLY_ENCRYPTION_KEYS", "TASKLY_JWT_KEYS"]
    keys = [value.partition(":") for value in made.values()]
    assert len({name for name, _, _ in keys}) == 2
    assert [len(base64.b64decode(key, validate=True)) for _, _, key in keys] == [32, 32]
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.env"]


def test_secrets_that_others_could_read_are_closed(tmp_path: Path) -> None:
    made = kept_secrets(tmp_path)
    (tmp_path / "secrets.env").chmod(0o644)
    assert kept_secrets(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_damaged_secrets_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("TASKLY_JWT_KEYS=a:b\n")
    with pytest.raises(CannotStart, match="is damaged"):
        kept_secrets(tmp_path)
    assert (tmp_path / "secrets.env").read_text() == "TASKLY_JWT_KEYS=a:b\n"


def test_a_running_instance_is_found_and_what_is_set_wins(tmp_path: Path) -> None:
    caller = {"TASKLY_DATA_DIR": str(tmp_path), "REDIS_URL": "redis://mine", "DATABASE_URL": ""}
    instance = {"REDIS_URL": "unix:///its", "DATABASE_URL": "postgresql://its"}
    with findable(tmp_path, instance):
        assert stat.S_IMODE((tmp_path / "instance.env").stat().st_mode) == 0o600
        assert found_environment(caller) == caller | {"DATABASE_URL": "postgresql://its"}
    with pytest.raises(NothingRuns, match=f"^No Taskly runs in {tmp_path}. "):
        found_environment(caller)


def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "instance.env").mkdir()
    with pytest.raises(NothingRuns, match=f"^{tmp_path} can't be looked into: Is a directory."):
        found_environment({}, str(tmp_path))


def test_another_shell_finds_what_was_set_in_the_one_that_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    monkeypatch.setenv("TASKLY_ALLOWED_ORIGINS", "http://a, http://b")
    monkeypatch.setenv("REDIS_URL", "")
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / ".env").write_text(
        "REDIS_URL='redis://mine'\nGITHUB_TOKEN=t0ken\nTASKLY_LOCAL_SIGN_IN=on\n"
    )
    settings = Settings(_env_file=tmp_path / ".env", data_dir=kept)
    with findable(kept, variables_of(settings, os.environ)):
        found = found_environment({}, str(kept))
    for name in ("DATABASE_URL", "TASKLY_ALLOWED_ORIGINS", "REDIS_URL"):
        monkeypatch.delenv(name)
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    assert Settings(_env_file=None) == settings
    assert found.keys() >= {"DATABASE_URL", "REDIS_URL", "GITHUB_TOKEN", "TASKLY_LOCAL_SIGN_IN"}
    assert "PATH" not in found


def test_sockets_are_linked_and_the_last_ones_are_removed(tmp_path: Path) -> None:
    link = tmp_path / "sockets"
    with linked_socket_folder(link, None) as folder:
        assert link.readlink() == folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        # As after a kill -9.
        with linked_socket_folder(link, None) as another:
            assert not folder.exists()
            assert link.readlink() == another
    assert not another.exists()
    assert not link.is_symlink()


def test_a_folder_behind_the_link_that_is_not_for_sockets_stays(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "sockets").symlink_to(precious)
    with linked_socket_folder(tmp_path / "sockets", None):
        pass
    assert precious.exists()
