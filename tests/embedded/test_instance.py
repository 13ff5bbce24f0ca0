"""An instance inside a program of ours, as the demo has one."""

import os
from pathlib import Path

import httpx2
import pytest

from taskly.embedded.instance import running
from taskly.embedded.own_processes import python_program
from taskly.platform.settings import Settings
from tests.embedded.running import PYTHONPATH
from tests.embedded.stand_ins.up import MODULES
from tests.embedded.test_supervisor import Terminal
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_programs_beside_it_start_before_and_stop_after_its_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    for variable in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)
    terminal = Terminal()
    neighbour = python_program(
        "github", "tests.embedded.stand_ins.neighbour", environment=os.environ
    )
    async with running(
        Settings(_env_file=None, data_dir=home / "kept", port=0),
        output=terminal.output,
        beside=[neighbour],
        environment={"GITHUB_API_URL": "http://127.0.0.1:1"},
        modules=MODULES,
    ) as instance:
        environment = httpx2.get(instance.address).json()
        assert environment["GITHUB_API_URL"] == "http://127.0.0.1:1"
        assert environment["DATABASE_URL"] == instance.environment["DATABASE_URL"]
        assert instance.sign_in_link == f"{instance.address}/sign-in/once"
        assert list(instance.phases) == ["PostgreSQL", "Redis", "migrations", "api"]
        await until(lambda: terminal.lines("worker") == ["working"])
    assert terminal.lines("github") == ["here", "ending"]
    said = [name for name in terminal.names() if name in {"worker", "github", "redis"}]
    assert said.index("github") < said.index("worker")
    last = len(said) - 1 - said[::-1].index("github")
    assert "worker" not in said[last:]
    assert "redis" in said[last:]
