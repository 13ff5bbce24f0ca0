"""Percentiles by nearest rank: the smallest value that at least so many percent of all values don't exceed.

It is always a value that occurred, so “85 % took six days or less” is literally true, and it takes no
arithmetic beyond counting. Interpolating makes up values between those that occurred.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

PERCENTS = (50, 85, 95)


class Ordered(Protocol):
    """What can be sorted."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether it comes before another one."""
        ...


Value = TypeVar("Value", bound=Ordered)


def rank_of(percent: int, count: int) -> int:
    """The place of a percentile among so many sorted values, from 1: percent * count / 100, rounded up."""
    return max(1, -(-percent * count // 100))


def percentile(values: Sequence[Value], percent: int) -> Value:
    """A percentile of values that are sorted; there has to be one.

    >>> percentile([1, 2, 3, 4, 10], 50), percentile([1, 2, 3, 4, 10], 85)
    (3, 10)
    """
    return values[rank_of(percent, len(values)) - 1]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """How durations lie."""

    p50: timedelta
    p85: timedelta
    p95: timedelta
    count: int
    """Of how many durations."""


def percentiles(durations: Collection[timedelta]) -> Percentiles | None:
    """The three percentiles of durations in any order; None if there are none."""
    if not durations:
        return None
    ordered = sorted(durations)
    p50, p85, p95 = (percentile(ordered, percent) for percent in PERCENTS)
    return Percentiles(p50, p85, p95, len(ordered))
