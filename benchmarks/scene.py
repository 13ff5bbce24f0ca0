"""What every measurement gets: the running programs, who asks them, and for how long."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.board import Json, Member
from benchmarks.load.http import Load, put_under_load
from benchmarks.site import Address, Site
from taskly.platform.runtime import Runtime

WARM_UP_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for a figure."""

    rounds: int
    seconds: float
    """Of load, for each of ours and the peer's in each round."""
    samples: int
    """Of what is measured one by one."""
    sockets: int
    cards: int
    """In a file that becomes a board."""


THOROUGH = Effort(rounds=3, seconds=1.5, samples=60, sockets=1000, cards=5000)
QUICK = Effort(rounds=1, seconds=0.5, samples=1, sockets=20, cards=200)


@dataclass(frozen=True, slots=True)
class Scene:
    """The running programs and the boards."""

    site: Site
    bare: Address
    noop: Address
    member: Member
    board: Json
    """The board that is measured, as it was made."""
    peer_board: Json
    """One like it, for what is done to PostgreSQL without Taskly."""
    runtime: Runtime
    """Of this process, for what no request can tell."""
    effort: Effort


Requests = Callable[[int], Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is put under load, by so many clients."""

    address: Address
    requests: Requests
    clients: int


async def interleaved(effort: Effort, targets: Mapping[str, Target]) -> dict[str, list[Load]]:
    """Put targets under load one after the other, several rounds; no request may fail."""
    results: dict[str, list[Load]] = {name: [] for name in targets}
    for target in targets.values():
        await _load(target, effort.seconds * WARM_UP_SHARE)
    for _ in range(effort.rounds):
        for name, target in targets.items():
            results[name].append(await _load(target, effort.seconds))
    return results


async def _load(target: Target, seconds: float) -> Load:
    load = await put_under_load(target.address, target.clients, seconds, target.requests)
    assert load.failures == 0, f"{load.failures} requests failed"
    return load


def always(request: bytes) -> Requests:
    """The same request by every client, again and again."""
    return lambda _client: lambda: request


def rates(loads: list[Load]) -> list[float]:
    """Answers a second, of each round."""
    return [load.rate for load in loads]


def milliseconds(loads: list[Load]) -> list[float]:
    """The median time of an answer, of each round."""
    return [statistics.median(load.latencies) * 1000 for load in loads]


def percentiles(loads: list[Load], part: float) -> list[float]:
    """The time that this part of the answers kept below, of each round."""
    return [load.percentile(part) for load in loads]
