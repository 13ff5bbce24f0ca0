"""Where the lines of a burndown are."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from taskly.pictures.rules.burndown import Burndown, BurndownDay, draw_burndown
from taskly.pictures.rules.palettes import Theme
from tests.unit.pictures.charts import days_of
from tests.unit.pictures.reading import NUMBER, SVG, read, texts

MONDAY = date(2026, 11, 23)
IDEAL = (27, 24, 21, 18, 15, 15, 15, 12, 9, 6, 3, 0)
"""Ten working days of twelve, for 30 points."""

Element = ElementTree.Element


@pytest.fixture
def chart() -> Burndown:
    """A sprint of two weeks on its first Wednesday; 5 points came on Tuesday, and 10 of 35 are done."""
    standings = [(30, 28), (35, 31), (35, 25)] + [(None, None)] * 9
    days = [
        BurndownDay(day, scope, remaining, ideal)
        for day, (scope, remaining), ideal in zip(
            days_of(MONDAY, 12), standings, IDEAL, strict=True
        )
    ]
    return Burndown("Sprint 12", "points", 30, days, date(2026, 11, 25), "It goes well.")


def shapes(chart: Burndown, kind: str) -> list[Element]:
    """The elements of a kind, in the order in which they are drawn."""
    return list(read(draw_burndown(chart, Theme.LIGHT)).iter(f"{SVG}{kind}"))


def places(path: Element) -> list[tuple[float, float]]:
    """The points of a path."""
    numbers = [float(each) for each in NUMBER.findall(path.attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def ideal_of(chart: Burndown) -> list[tuple[float, float]]:
    """The points of the ideal line."""
    [path] = [each for each in shapes(chart, "path") if "stroke-dasharray" in each.attrib]
    return places(path)


def test_the_ideal_line_is_level_on_days_off_and_ends_at_nothing(chart: Burndown) -> None:
    points = ideal_of(chart)
    bottom = max(float(each.attrib["y1"]) for each in shapes(chart, "line"))

    assert len(points) == 13
    assert points[5][1] == points[6][1] == points[7][1]
    assert points[-1][1] == pytest.approx(bottom, abs=0.1)
    falls = [round(two[1] - one[1]) for one, two in pairwise(points)]
    assert len(set(falls) - {0}) == 1


def test_what_remains_is_drawn_up_to_today(chart: Burndown) -> None:
    days = ideal_of(chart)
    [dot] = shapes(chart, "circle")
    middle_of_wednesday = (days[2][0] + days[3][0]) / 2

    assert float(dot.attrib["cx"]) == pytest.approx(middle_of_wednesday, abs=0.1)
    assert "today" in texts(read(draw_burndown(chart, Theme.LIGHT)))


def test_a_sprint_that_is_over_is_drawn_to_its_end(chart: Burndown) -> None:
    last = replace(chart.days[-1], scope=35, remaining=4)
    over = replace(chart, days=[*chart.days[:-1], last], today=date(2026, 12, 20))
    [dot] = shapes(over, "circle")

    assert float(dot.attrib["cx"]) == pytest.approx(ideal_of(over)[-1][0], abs=0.1)
    assert "today" not in texts(read(draw_burndown(over, Theme.LIGHT)))


def test_each_step_of_the_scope_says_by_how_much(chart: Burndown) -> None:
    written = texts(read(draw_burndown(chart, Theme.LIGHT)))

    assert [text for text in written if re.fullmatch(r"[+\N{MINUS SIGN}]\d+", text)] == ["+5"]
    assert {"scope 35", "25 left", "ideal"} <= set(written)


def test_days_off_are_shaded_together(chart: Burndown) -> None:
    _, weekend = shapes(chart, "rect")
    days = ideal_of(chart)

    assert float(weekend.attrib["x"]) == pytest.approx(days[5][0], abs=0.1)
    assert float(weekend.attrib["width"]) == pytest.approx(days[7][0] - days[5][0], abs=0.1)
