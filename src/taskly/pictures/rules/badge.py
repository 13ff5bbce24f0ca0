"""A small flat badge: what it is about, and how that stands."""

import enum
from dataclasses import dataclass

from taskly.pictures.rules.lettering import isolated, shortened, width
from taskly.pictures.rules.sheet import Wording, document
from taskly.pictures.rules.svg import Markup, Value, element

HEIGHT, ROUNDING, SIZE, BASE, ASIDE = 20, 3, 11, 14, 7
MOST_OF_TEXT = 200
GROUND_OF_LABEL, INK = "#32383f", "#ffffff"


class Mood(enum.Enum):
    """How something stands, by the colour that it has. White can be read on each."""

    GOOD = "#1a7f37"
    BEHIND = "#9a6700"
    NEUTRAL = "#59636e"


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands at the left, and what at the right."""

    label: str
    value: str
    mood: Mood


def draw_badge(badge: Badge) -> str:
    """The picture of a badge. It is the same on every ground."""
    label, value = (shortened(each, SIZE, MOST_OF_TEXT) for each in (badge.label, badge.value))
    left, right = (round(width(each, SIZE)) + 2 * ASIDE for each in (label, value))
    rounded = (
        f"M{ROUNDING} 0H{left}V{HEIGHT}H{ROUNDING}a{ROUNDING} {ROUNDING} 0 0 1-{ROUNDING}-{ROUNDING}"
        f"V{ROUNDING}a{ROUNDING} {ROUNDING} 0 0 1 {ROUNDING}-{ROUNDING}z"
    )
    whole: dict[str, Value] = {"width": left + right, "height": HEIGHT, "rx": ROUNDING}
    return document(
        Wording(f"{isolated(label)}: {value}", f"{isolated(badge.label)}: {badge.value}."),
        left + right,
        HEIGHT,
        element("rect", fill=badge.mood.value, **whole),
        element("path", d=rounded, fill=GROUND_OF_LABEL),
        _written(label, left / 2, left),
        _written(value, left + right / 2, right),
    )


def _written(text: str, middle: float, room: float) -> Markup:
    """A text that takes its room, whatever letters it is shown with."""
    return element(
        "text",
        text,
        x=middle,
        y=BASE,
        fill=INK,
        font_size=SIZE,
        text_anchor="middle",
        textLength=room - 2 * ASIDE,
        lengthAdjust="spacingAndGlyphs",
    )
