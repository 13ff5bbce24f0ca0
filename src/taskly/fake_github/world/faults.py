"""Faults that somebody asked for."""

from dataclasses import dataclass, field
from typing import Literal

from taskly.fake_github.world.numbers import Numbers

FaultKind = Literal[
    "latency",
    "errors",
    "limited",
    "garbage",
    "down",
    "drop_deliveries",
    "duplicate_deliveries",
    "hold_deliveries",
    "delay_deliveries",
    "unreachable_hooks",
    "unknown_mergeability",
]


@dataclass(eq=False)
class Fault:
    """What goes wrong, for whom, how often.

    Without `times` it goes on until it is cleared; without `fraction` it hits every match.
    """

    id: int
    kind: FaultKind
    times: int | None = None
    fraction: float | None = None
    path_prefix: str = ""
    method: str | None = None
    login: str | None = None
    event: str | None = None
    status: int = 502
    retry_after: int | None = None
    milliseconds: int = 0
    hits: int = 0

    def matches_request(self, method: str, path: str, login: str | None) -> bool:
        """Whether this request is meant."""
        return (
            path.startswith(self.path_prefix)
            and self.method in {None, method}
            and self.login in {None, login}
        )

    def matches_event(self, event: str) -> bool:
        """Whether deliveries of this event are meant."""
        return self.event in {None, event}


@dataclass(eq=False)
class Faults:
    """All faults that are on, and the chance that decides about fractions."""

    numbers: Numbers
    active: dict[int, Fault] = field(default_factory=dict)

    def add(self, fault: Fault) -> None:
        """Let it go wrong from now on."""
        self.active[fault.id] = fault

    def clear(self, kind: FaultKind | None = None) -> None:
        """End one kind of fault, or all."""
        self.active = {
            key: fault for key, fault in self.active.items() if kind not in {None, fault.kind}
        }

    def for_request(
        self, kind: FaultKind, *, method: str, path: str, login: str | None
    ) -> Fault | None:
        """The fault of this kind that hits the request, counted as used."""
        for fault in list(self.active.values()):
            if fault.kind == kind and fault.matches_request(method, path, login):
                hit = self._hit(fault)
                if hit is not None:
                    return hit
        return None

    def for_event(self, kind: FaultKind, event: str) -> Fault | None:
        """The fault of this kind that hits the delivery, counted as used."""
        for fault in list(self.active.values()):
            if fault.kind == kind and fault.matches_event(event):
                hit = self._hit(fault)
                if hit is not None:
                    return hit
        return None

    def _hit(self, fault: Fault) -> Fault | None:
        if fault.fraction is not None and self.numbers.chance() >= fault.fraction:
            return None
        fault.hits += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.active.pop(fault.id, None)
        return fault
