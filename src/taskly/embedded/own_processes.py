"""Taskly's own processes, and how they are told what they need: migrations, api, worker.

The worker runs the scheduler beside its jobs. As a process of its own it would take another hundred
megabytes, and on one machine it could not outlive the worker usefully.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taskly.embedded.child import run_to_end
from taskly.embedded.errors import CannotStart
from taskly.embedded.health import answers_ready, bracketed, reachable_host
from taskly.embedded.output import Output
from taskly.embedded.program import Program
from taskly.embedded.secrets import kept_secrets
from taskly.embedded.sign_in import printed_link
from taskly.embedded.supervisor import Supervisor
from taskly.platform.metric_files import multiprocess_environment
from taskly.platform.settings import Settings

READY_SECONDS = 60
STOP_MARGIN_SECONDS = 5
"""On top of the time that the api and the worker give their own work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """The Python modules that an instance runs with `python -m`."""

    migrate: str = "taskly.platform.db.migrate"
    api: str = "taskly.api"
    worker: str = "taskly.worker"
    sign_in_link: str = "taskly.users.sign_in_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProcesses:
    """How the processes of one instance run."""

    settings: Settings
    modules: Modules
    port: int
    environment: Mapping[str, str]
    output: Output

    @property
    def address(self) -> str:
        """Where the api listens, as this machine reaches it."""
        return local_address(self.settings, self.port)

    async def migrate(self) -> None:
        """Bring the database to the newest schema.

        Raises:
            CannotStart: when that fails.
        """
        program = self._program("migrate", self.modules.migrate)
        if await run_to_end(program, self.output) != 0:
            raise CannotStart("The database could not be migrated; the lines above say why.")

    async def start(self, supervisor: Supervisor) -> str | None:
        """Start everything; a sign-in link, if such links are allowed, when the api is ready.

        The api comes first and alone: people wait for it, and on a small machine the others' imports
        would make them wait half as long again.

        Raises:
            CannotStart: when the api doesn't become ready.
        """
        # Other programs that are told how to reach the instance do not count for it.
        folder = Path(self.environment["TASKLY_DATA_DIR"]) / "metrics"
        counted = {**self.environment, **multiprocess_environment(folder)}
        patience = self.settings.drain_seconds + STOP_MARGIN_SECONDS
        api = python_program("api", self.modules.api, environment=counted, stop_seconds=patience)
        supervisor.start(api)
        link = await self._become_ready(supervisor)
        arguments = (self.modules.worker, "--with-scheduler")
        worker = python_program("worker", *arguments, environment=counted, stop_seconds=patience)
        supervisor.start(worker, joining=True)
        return link

    async def _become_ready(self, supervisor: Supervisor) -> str | None:
        async def is_ready(_pid: int) -> bool:
            return await answers_ready(self.settings.host, self.port)

        ready = supervisor.wait_until_ready("api", is_ready, seconds=READY_SECONDS)
        if not self.settings.local_sign_in_allowed:
            await ready
            return None
        program = self._program("sign-in", self.modules.sign_in_link)
        link, _ = await asyncio.gather(printed_link(program, self.output), ready)
        return link

    def _program(self, name: str, module: str) -> Program:
        return python_program(name, module, environment=self.environment)


def python_program(
    name: str,
    module: str,
    *arguments: str,
    environment: Mapping[str, str],
    stop_seconds: float = 10,
) -> Program:
    """A Python module as a program: what lies in the current folder is not imported."""
    return Program(
        name=name,
        command=(sys.executable, "-P", "-m", module, *arguments),
        environment={"PYTHONUNBUFFERED": "1", **environment},
        stop_seconds=stop_seconds,
    )


def local_address(settings: Settings, port: int) -> str:
    """Where this machine reaches the api."""
    return f"http://{bracketed(reachable_host(settings.host))}:{port}"


def environment_for(settings: Settings, port: int, directory: Path) -> dict[str, str]:
    """The environment of our processes, but for the servers' addresses. What is set explicitly wins."""
    environment = dict(os.environ)
    environment["TASKLY_DATA_DIR"] = str(directory)
    environment["TASKLY_HOST"] = settings.host
    environment["TASKLY_PORT"] = str(port)
    if "public_url" not in settings.model_fields_set:
        environment["TASKLY_PUBLIC_URL"] = local_address(settings, port)
    else:
        environment["TASKLY_PUBLIC_URL"] = settings.public_url
    if settings.log_format == "auto":
        environment["TASKLY_LOG_FORMAT"] = "console"  # behind our prefix it is no JSON any more
    secrets = kept_secrets(directory)
    if not settings.jwt_keys.get_secret_value():
        environment["TASKLY_JWT_KEYS"] = secrets["TASKLY_JWT_KEYS"]
    if not settings.encryption_keys.get_secret_value():
        environment["TASKLY_ENCRYPTION_KEYS"] = secrets["TASKLY_ENCRYPTION_KEYS"]
    return environment
