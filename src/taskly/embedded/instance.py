"""One running Taskly: servers, migrations, api, worker."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from taskly.embedded.data_directory import locked
from taskly.embedded.found import findable
from taskly.embedded.output import Output
from taskly.embedded.own_processes import Modules, OwnProcesses, environment_for
from taskly.embedded.ports import reserved_port
from taskly.embedded.program import Program
from taskly.embedded.servers import account_of_servers, start_servers
from taskly.embedded.sockets import linked_socket_folder
from taskly.embedded.supervisor import Supervisor, end_recorded
from taskly.embedded.variables import variables_of
from taskly.platform.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A Taskly that is ready."""

    address: str
    """Where the api listens, as this machine reaches it."""
    public_url: str
    """The address in links."""
    data_directory: Path
    environment: Mapping[str, str]
    """What its processes run with: give it to further programs that belong to it."""
    supervisor: Supervisor
    """Its processes by name: `supervisor.child("worker")`."""
    sign_in_link: str | None
    """A link that signs one person in, once; None where such links aren't allowed."""
    phases: Mapping[str, float]
    """How many seconds each part of the start took."""


class Phases:
    """Measures the parts of a start."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measured(self, name: str) -> Iterator[None]:
        """Measure the block."""
        began = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - began


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    output: Output | None = None,
    beside: Sequence[Program] = (),
    environment: Mapping[str, str] | None = None,
    modules: Modules | None = None,
    hurry: asyncio.Event | None = None,
) -> AsyncIterator[Instance]:
    """Run an instance while the block runs; in the block it is ready.

    Programs `beside` it start before its own processes and stop after them. `environment` is for its own
    processes, in addition to ours. A port that `settings` got from somebody must be free; the default
    may move. When `hurry` is set, stopping gives nobody more time.

    Processes that a child put outside its process group are ended only in a program that runs under
    `signals.run_until_stopped`, which owns all its children.

    Raises:
        CannotStart: with everything stopped again.
    """
    phases = Phases()
    prepared = _prepared(
        settings,
        output or Output.standard(),
        environment or {},
        modules=modules or Modules(),
        hurry=hurry,
        phases=phases,
    )
    async with prepared as (own, supervisor):
        link = await _start(own, supervisor, beside, phases)
        with findable(settings.data_dir.absolute(), variables_of(settings, own.environment)):
            yield Instance(
                address=own.address,
                public_url=own.environment["TASKLY_PUBLIC_URL"],
                data_directory=settings.data_dir.absolute(),
                environment=own.environment,
                supervisor=supervisor,
                sign_in_link=link,
                phases=phases.seconds,
            )


@asynccontextmanager
async def _prepared(
    settings: Settings,
    output: Output,
    environment: Mapping[str, str],
    *,
    modules: Modules,
    hurry: asyncio.Event | None,
    phases: Phases,
) -> AsyncIterator[tuple[OwnProcesses, Supervisor]]:
    """What our own processes need: the data directory, a port, keys, the servers."""
    directory = settings.data_dir.absolute()
    async with AsyncExitStack() as stack:
        stack.enter_context(locked(directory))
        record = directory / "processes.json"
        await end_recorded(record)
        port = stack.enter_context(_port(settings, output))
        variables = environment_for(settings, port, directory) | dict(environment)
        account = account_of_servers(settings, directory)
        sockets = stack.enter_context(linked_socket_folder(directory / "sockets", account))
        supervisor = Supervisor(output, record=record, hurry=hurry)
        await stack.enter_async_context(supervisor)
        variables |= await start_servers(
            settings, supervisor, directory=directory, sockets=sockets, measured=phases.measured
        )
        own = OwnProcesses(
            settings=settings, modules=modules, port=port, environment=variables, output=output
        )
        yield own, supervisor


async def _start(
    own: OwnProcesses, supervisor: Supervisor, beside: Sequence[Program], phases: Phases
) -> str | None:
    """Migrate and start everything that isn't a server; the sign-in link."""
    with phases.measured("migrations"):
        await own.migrate()
    supervisor.start(*beside)
    with phases.measured("api"):
        return await own.start(supervisor)


@contextmanager
def _port(settings: Settings, output: Output) -> Iterator[int]:
    """The port of the api. One that was asked for must be free; the default may move."""
    fixed = "port" in settings.model_fields_set
    with reserved_port(settings.host, settings.port, fixed=fixed) as port:
        if settings.port not in {0, port}:
            output.say(f"port {settings.port} is taken, so Taskly uses {port}")
        yield port
