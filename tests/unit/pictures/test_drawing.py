"""What pictures are made of: markup, letters, scales and colours."""

import doctest
import itertools
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.pictures.rules import calendar_axis, lettering, scales, svg
from taskly.pictures.rules.badge import GROUND_OF_LABEL, INK, Mood
from taskly.pictures.rules.lettering import isolated, lines_of, shortened, width
from taskly.pictures.rules.palettes import PALETTES, Palette, Theme
from taskly.pictures.rules.scales import kept_apart, rounded_steps
from taskly.pictures.rules.svg import Markup, element, number, together

TEXTS, SHAPES = 4.5, 3.0
"""The contrast that WCAG asks for."""


def luminance(color: str) -> float:
    """As WCAG defines it."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Between two colours: from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("module", [calendar_axis, lettering, scales, svg])
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_what_is_written_stands_out_from_the_ground_and_from_days_off(palette: Palette) -> None:
    inks = (palette.text, palette.muted, palette.blue, palette.green, palette.amber, palette.violet)
    for ink, ground in itertools.product(inks, (palette.ground, palette.rest)):
        assert contrast(ink, ground) >= TEXTS, (ink, ground)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_what_is_drawn_stands_out_from_the_ground(palette: Palette) -> None:
    firsts = [palette.shades(each, 1)[0] for each in (palette.blue, palette.green, palette.quiet)]
    for color in (palette.blue, palette.green, palette.amber, palette.violet, palette.quiet):
        assert contrast(color, palette.ground) >= SHAPES, color
    assert min(contrast(color, palette.ground) for color in firsts) >= 2.4


def test_white_can_be_read_on_every_badge() -> None:
    for ground in (GROUND_OF_LABEL, *(mood.value for mood in Mood)):
        assert contrast(INK, ground) >= TEXTS, ground


def test_there_is_a_palette_for_each_theme() -> None:
    assert set(PALETTES) == set(Theme)
    assert luminance(PALETTES[Theme.LIGHT].ground) > luminance(PALETTES[Theme.DARK].ground)


def test_whatever_is_no_markup_is_escaped_in_texts_and_attributes() -> None:
    evil = "<script>\"'&\x00\ud800\uffff"
    escaped = "&lt;script&gt;&quot;&#x27;&amp;\N{REPLACEMENT CHARACTER}" + 2 * "\ufffd"
    assert element("text", evil, fill=evil) == f'<text fill="{escaped}">{escaped}</text>'
    assert together(Markup("<a/>"), "<b/>") == "<a/>&lt;b/&gt;"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_no_place(value: float) -> None:
    with pytest.raises(ValueError, match="is no place in a picture"):
        number(value)


@given(text=st.text(max_size=100), most=st.floats(30, 400))
def test_a_shortened_text_has_room_and_begins_as_the_text_does(text: str, most: float) -> None:
    short = shortened(text, 14, most)
    assert width(short, 14) <= most or text == short
    assert short == text or text.startswith(short.removesuffix("…"))
    assert short == text or width(text, 14) > most


@given(words=st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=60))
def test_a_sentence_is_broken_into_lines_that_have_room(words: list[str]) -> None:
    lines = lines_of(" ".join(words), 15, 300, 2)
    assert len(lines) <= 2
    assert max(width(line, 15) for line in lines) <= 300
    assert " ".join(words).startswith(" ".join(lines).removesuffix("…").strip())


def test_names_that_turn_the_direction_are_kept_by_themselves() -> None:
    assert isolated("Sprint 12") == "Sprint 12"
    hebrew = "\u05d0\u05d1 12"
    assert isolated(hebrew) == f"\u2068{hebrew}\u2069"
    assert isolated("\u202eevil") == "\u2068\u202eevil\u2069"


@given(low=st.integers(0, 10**6), above=st.integers(0, 10**6), most=st.integers(2, 8))
def test_figures_beside_a_scale_are_round_and_enclose_it(low: int, above: int, most: int) -> None:
    steps = rounded_steps(low, low + above, most)
    assert steps[0] <= low <= low + above <= steps[-1]
    assert 2 <= len(steps) <= most + 2
    [step] = {two - one for one, two in itertools.pairwise(steps)}
    assert str(int(step)).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.floats(-50, 300), max_size=11))
def test_labels_keep_apart_in_their_order_and_stay_inside(wanted: list[float]) -> None:
    places = kept_apart(wanted, 20, 0, 200)
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    for one, two in itertools.pairwise(order):
        assert places[two] - places[one] >= 20 - 1e-6
    assert all(-1e-6 <= place <= 200 + 1e-6 for place in places)


def test_labels_with_room_stay_where_they_are() -> None:
    assert kept_apart([150, 10, 80], 20, 0, 200) == [150, 10, 80]
