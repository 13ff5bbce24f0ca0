"""Typed jobs: what may be promised, and who keeps the promise.

A job is a frozen pydantic model; its class names the kind, the queue and how failures are met. A
domain declares its jobs and their handlers in its `tasks` module:

    class CreateBranch(JobSpec, kind="github.create_branch", queue=Queue.INTERACTIVE):
        branch_id: UUID

    @handles(CreateBranch)
    async def create_branch(work: Work, job: CreateBranch) -> None: ...

What waits for a job must not wait for ever when the job dies: `@handles(CreateBranch, on_dead=give_up)`
names a coroutine function that is run in the transaction in which the job dies. It is not run for a job that
this version can't read: one whose payload does not fit its class any more, or whose kind has no handler.

`Work` and what a handler may raise are in `taskly.platform.jobs.work`.
"""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from taskly.platform.events.change import JsonObject


class Queue(enum.StrEnum):
    """Queues are separate so that an import never delays a branch for which a person waits."""

    INTERACTIVE = "interactive"
    WEBHOOKS = "webhooks"
    BULK = "bulk"
    MAIL = "mail"


class JobSpec(BaseModel):
    """Base of all jobs. Fields are ids and small values: never a token, an address or a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    queue: ClassVar[Queue]
    retry_delays: ClassVar[tuple[float, ...]] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900)
    """Seconds to wait after each failed attempt; after the last one the job is dead."""
    jitter: ClassVar[bool] = True
    """Whether each wait is drawn between nothing and its full length, so that jobs which failed
    together don't come back together."""
    time_limit: ClassVar[float] = 45
    """Seconds after which an attempt is cancelled and counts as failed."""
    routine: ClassVar[bool] = False
    """Whether success is worth a line in the log only when debugging."""
    only_waits: ClassVar[bool] = False
    """Whether an attempt does nothing but wait for somebody outside. It then takes no place in the worker, and its
    handler sees to it that not too many wait at once."""

    def __init_subclass__(
        cls,
        *,
        kind: str | None = None,
        queue: Queue = Queue.BULK,
        retry_delays: tuple[float, ...] | None = None,
        jitter: bool | None = None,
        time_limit: float | None = None,
        routine: bool = False,
        only_waits: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init_subclass__(**keywords)
        if kind is None:
            return
        cls.kind = kind
        cls.queue = queue
        cls.routine = routine
        cls.only_waits = only_waits
        if retry_delays is not None:
            cls.retry_delays = retry_delays
        if jitter is not None:
            cls.jitter = jitter
        if time_limit is not None:
            cls.time_limit = time_limit

    def payload(self) -> JsonObject:
        """The job as it is stored: what was given and nothing else, as leaving out may have a meaning."""
        return self.model_dump(mode="json", exclude_unset=True)


SpecT = TypeVar("SpecT", bound=JobSpec)
Handler = Callable[[Any, SpecT], Awaitable[JsonObject | None]]
"""Called as `handler(work, job)`; what it returns is stored as the job's result."""


@dataclass(frozen=True, slots=True)
class Death:
    """Which job died, and of what."""

    job_id: UUID
    """What waits for another job by now is none of its business."""
    reason: str


OnDead = Callable[[Any, SpecT, Death], Awaitable[None]]
"""Called as `on_dead(transaction, job, death)` with a `Transaction` of the system. The handler may have
run or not, and a job may die more than once. What it writes is stored with the death or not at all."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A kind of job with the handler that keeps its promise."""

    spec: type[JobSpec]
    handler: Handler[Any]
    on_dead: OnDead[Any] | None = None


_REGISTERED: dict[str, Registered] = {}


def handles(
    spec: type[SpecT], *, on_dead: OnDead[SpecT] | None = None
) -> Callable[[Handler[SpecT]], Handler[SpecT]]:
    """Register the decorated coroutine function as the one handler of `spec`.

    `on_dead` is run when the machinery buries such a job.

    Raises:
        ValueError: the kind has a handler already.
    """

    def register(handler: Handler[SpecT]) -> Handler[SpecT]:
        if spec.kind in _REGISTERED:
            raise ValueError(f"{spec.kind} has two handlers")
        _REGISTERED[spec.kind] = Registered(spec, handler, on_dead)
        return handler

    return register


def registered(kind: str) -> Registered | None:
    """What is registered under a kind, if its module has been imported."""
    return _REGISTERED.get(kind)


def registered_kinds() -> frozenset[str]:
    """All kinds that have a handler in this process."""
    return frozenset(_REGISTERED)
