"""From figures to places: scales, the figures that are written beside them, and labels that keep apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Puts figures from `low` to `high` evenly between two places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a figure. What is beyond the scale is at its end."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)


def rounded_steps(low: float, high: float, most: int) -> list[float]:
    """Round whole figures, evenly apart, from one at or below `low` to one at or above `high`: about `most` of them.

    >>> rounded_steps(0, 34, 5), rounded_steps(0, 0, 5), rounded_steps(880, 930, 5)
    ([0, 10, 20, 30, 40], [0, 1], [880, 900, 920, 940])
    """
    step = _step(max(high - low, 1) / max(most - 1, 1))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _step(least: float) -> int:
    if least <= 1:
        return 1
    power = int(10 ** math.floor(math.log10(least)))
    return next(each * power for each in STEPS if each * power >= least)


def kept_apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, in their order, with a gap between each two and all from `low` to `high`.

    >>> kept_apart([10, 12, 90], 20, 0, 100)
    [1.0, 21.0, 90.0]

    There has to be room for all of them.
    """
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    groups: list[tuple[float, int]] = []
    """The middle and the number of those that lie side by side."""
    for index in order:
        middle, count = min(max(wanted[index], low), high), 1
        while groups and groups[-1][0] + _reach(groups[-1][1], gap) > middle - _reach(count, gap):
            other, others = groups.pop()
            middle = (other * others + middle * count) / (others + count)
            count += others
            half = (count - 1) * gap / 2
            middle = min(max(middle, low + half), high - half)
        groups.append((middle, count))
    placed = [
        middle + (number - (count - 1) / 2) * gap
        for middle, count in groups
        for number in range(count)
    ]
    return [float(place) for _, place in sorted(zip(order, placed, strict=True))]


def _reach(count: int, gap: float) -> float:
    return count * gap / 2
