"""What the demonstration is played on: a Taskly of its own beside a fake GitHub."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from taskly.demo.options import Options
from taskly.embedded.instance import Instance, running
from taskly.embedded.output import Output
from taskly.embedded.own_processes import python_program
from taskly.embedded.ports import reserved_port
from taskly.embedded.program import Program
from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import OAuthChange
from taskly.platform.settings import Settings, load_settings

HOST = "127.0.0.1"
GITHUB_PORT = 9000
GITHUB_SECONDS = 30
SETTINGS = ("TASKLY_", "GITHUB_", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN")


@dataclass(frozen=True, slots=True)
class Stage:
    """Both, ready."""

    instance: Instance
    github: FakeGitHub

    @property
    def address(self) -> str:
        """Where Taskly is."""
        return self.instance.public_url


def settings_in(environment: Mapping[str, str]) -> list[str]:
    """The names of Taskly's settings among these variables.

    They are to be taken out before a stage is made: the demonstration must not fill the database that
    somebody works with, and a CI's GITHUB_TOKEN is not for the fake.
    """
    return [name for name in environment if name.startswith(SETTINGS)]


def settings_of(instance: Instance) -> Settings:
    """The settings with which the processes of an instance run."""
    given = {
        name.removeprefix("TASKLY_").lower() if name.startswith("TASKLY_") else name: value
        for name, value in instance.environment.items()
        if name.startswith(SETTINGS)
    }
    return load_settings(_env_file=None, **given)


@asynccontextmanager
async def staged(
    options: Options,
    output: Output,
    *,
    hurry: asyncio.Event | None = None,
    extra: Mapping[str, str] | None = None,
) -> AsyncIterator[Stage]:
    """Run both while the block runs. `extra` are further settings, as environment variables.

    Raises:
        CannotStart: with everything stopped again.
    """
    wanted = GITHUB_PORT if options.github_port is None else options.github_port
    with reserved_port(HOST, wanted, fixed=options.github_port is not None) as port:
        address = f"http://{HOST}:{port}"
        # The words below stand for the secrets of an application at a GitHub that isn't one.
        application = {"GITHUB_CLIENT_ID": "taskly-demo", "GITHUB_CLIENT_SECRET": "not-a-secret"}
        async with (
            running(
                _settings(options),
                output=output,
                beside=[_fake_github(port, application)],
                environment={
                    "GITHUB_API_URL": f"{address}/api/v3",
                    "GITHUB_WEB_URL": address,
                    "TASKLY_LOCAL_SIGN_IN": "true",
                    "TASKLY_RATE_LIMIT_PERSON": "1000000",
                    "TASKLY_RATE_LIMIT_ADDRESS": "1000000",
                    "TASKLY_RATE_LIMIT_COSTLY": "1000000",
                    **application,
                    **(extra or {}),
                },
                hurry=hurry,
            ) as instance,
            FakeGitHub(address) as github,
        ):
            await _wait_for(instance, github)
            # As a GitHub App does it: its people's tokens may do what the people may.
            await github.change_oauth(OAuthChange(expiring_tokens=True))
            yield Stage(instance, github)


def _settings(options: Options) -> Settings:
    given: dict[str, object] = {"data_dir": options.directory, "local_sign_in": True}
    if options.port is not None:
        given["port"] = options.port
    return load_settings(_env_file=None, **given)


def _fake_github(port: int, application: dict[str, str]) -> Program:
    """The fake GitHub as a program. Its hashes are others in each run, as a real one's would be."""
    seed = int.from_bytes(os.urandom(6))
    return python_program(
        "github",
        "taskly.fake_github",
        *("--port", str(port), "--seed", str(seed)),
        *("--client-id", application["GITHUB_CLIENT_ID"]),
        *("--client-secret", application["GITHUB_CLIENT_SECRET"]),
        environment=os.environ,
    )


async def _wait_for(instance: Instance, github: FakeGitHub) -> None:
    async def answers(_pid: int) -> bool:
        try:
            await github.state()
        except httpx2.TransportError:
            return False
        return True

    await instance.supervisor.wait_until_ready("github", answers, seconds=GITHUB_SECONDS)
