"""The colours of both themes. Whatever is written in a colour can be read on the picture's ground.

Their contrast is at least 4.5 : 1 for texts, and 3 : 1 for what is drawn (WCAG 2.2, 1.4.3 and 1.4.11); a test
computes it.
"""

import enum
from dataclasses import dataclass


class Theme(enum.StrEnum):
    """On what ground a picture stands."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme."""

    ground: str
    border: str
    grid: str
    rest: str
    """Behind days off."""
    text: str
    muted: str
    """For what is written beside the figures, and for lines to compare with."""
    blue: str
    green: str
    amber: str
    violet: str
    quiet: str
    """For bars and areas that are in the background, such as work that has not begun."""

    def shades(self, color: str, count: int) -> list[str]:
        """So many steps from a colour towards the ground, for areas that lie on each other."""
        steps = (0.15 + 0.45 * step / max(count, 3) for step in range(count))
        return [_mixed(color, self.ground, step) for step in steps]


def _mixed(color: str, other: str, share: float) -> str:
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


PALETTES = {
    Theme.LIGHT: Palette(
        ground="#ffffff",
        border="#d1d9e0",
        grid="#e4e8ed",
        rest="#f4f6f8",
        text="#1f2328",
        muted="#59636e",
        blue="#0969da",
        green="#1a7f37",
        amber="#8f5f00",
        violet="#8250df",
        quiet="#8c959f",
    ),
    Theme.DARK: Palette(
        ground="#0d1117",
        border="#3d444d",
        grid="#21262d",
        rest="#151b23",
        text="#f0f6fc",
        muted="#9198a1",
        blue="#4493f8",
        green="#3fb950",
        amber="#d29922",
        violet="#ab7df8",
        quiet="#656c76",
    ),
}
