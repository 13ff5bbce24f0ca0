"""What is measured, what it is held against, and how both are shown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

HEADINGS = ("Figure", "Taskly", "Beside", "", "Ratio", "Aim", "")


class Held(Enum):
    """What an aim is about."""

    RATIO = "of it"
    VALUE = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """A bound for a figure: for its value, or for its ratio to the figure beside it."""

    held: Held
    bound: float
    at_least: bool = False

    def keeps(self, value: float) -> bool:
        """Whether a value is on the right side."""
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: a sample a round, ours and that of a limit or peer in the same run."""

    name: str
    unit: str
    ours: Sequence[float]
    beside: str = ""
    peer: Sequence[float] = ()
    aim: Aim | None = None

    @property
    def value(self) -> float:
        """The median of ours."""
        return statistics.median(self.ours)

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's; None without a peer."""
        return self.value / statistics.median(self.peer) if self.peer else None

    @property
    def kept(self) -> bool | None:
        """Whether the aim is met; None without one."""
        if self.aim is None:
            return None
        held = self.ratio if self.aim.held is Held.RATIO else self.value
        if held is None:
            raise LookupError(f"{self.name}: an aim for a ratio needs a peer")
        return self.aim.keeps(held)


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of the values keeps below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table whose columns are aligned in plain text, too."""
    rows = [HEADINGS, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = [("-" * width) for width in widths]
    return "\n".join([lines[0], _line(rule, widths), *lines[1:]]) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return f"| {' | '.join(padded)} |"


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _sample(figure.ours, figure.unit),
        figure.beside,
        _sample(figure.peer, figure.unit),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        _aim(figure),
        {None: "", True: "met", False: "MISSED"}[figure.kept],
    )


def _aim(figure: Figure) -> str:
    if figure.aim is None:
        return ""
    sign = "≥" if figure.aim.at_least else "≤"
    if figure.aim.held is Held.RATIO:
        return f"{sign} {figure.aim.bound:.2f}"
    return f"{sign} {figure.aim.bound:g} {figure.unit}"


def _sample(values: Sequence[float], unit: str) -> str:
    """The median and, with several rounds, the least and the greatest."""
    if not values:
        return ""
    shown = f"{_number(statistics.median(values))} {unit}"
    if len(values) == 1:
        return shown
    return f"{shown} ({_number(min(values))}-{_number(max(values))})"


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.2f}"
