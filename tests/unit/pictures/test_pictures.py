"""Whatever the figures: a picture is well-formed, stays within its frame, and can be read."""

import pytest
from hypothesis import example, given, settings

from taskly.pictures.rules.badge import Badge, draw_badge
from taskly.pictures.rules.burndown import Burndown, draw_burndown
from taskly.pictures.rules.cycle_times import CycleTimes, draw_cycle_times
from taskly.pictures.rules.flow import Flow, draw_flow
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.throughput import Throughput, draw_throughput
from taskly.pictures.rules.velocity import VelocityChart, draw_velocity
from tests.unit.pictures import charts
from tests.unit.pictures.reading import (
    assert_is_inside,
    assert_is_readable,
    assert_no_level_runs_through_a_text,
    read,
    words,
)

drawing = settings(max_examples=50)


def assert_is_right(picture: str, again: str, reading: str | None = None) -> None:
    """The picture holds what every picture promises."""
    root = read(picture)
    assert_is_inside(root)
    assert_is_readable(root)
    assert again == picture
    said = words(root)
    assert said["title"]
    assert said["desc"]
    if reading is not None:
        assert said["desc"] == reading


@pytest.mark.parametrize("theme", Theme)
@drawing
@given(chart=charts.burndowns())
def test_any_burndown_is_a_right_picture(chart: Burndown, theme: Theme) -> None:
    assert_is_right(draw_burndown(chart, theme), draw_burndown(chart, theme), chart.reading)


@pytest.mark.parametrize("theme", Theme)
@drawing
@given(chart=charts.velocities())
@example(chart=charts.CROSSED)
def test_any_velocity_is_a_right_picture(chart: VelocityChart, theme: Theme) -> None:
    assert_is_right(draw_velocity(chart, theme), draw_velocity(chart, theme), chart.reading)
    assert_no_level_runs_through_a_text(read(draw_velocity(chart, theme)))


@pytest.mark.parametrize("theme", Theme)
@drawing
@given(chart=charts.flows())
def test_any_flow_is_a_right_picture(chart: Flow, theme: Theme) -> None:
    assert_is_right(draw_flow(chart, theme), draw_flow(chart, theme), chart.reading)


@pytest.mark.parametrize("theme", Theme)
@drawing
@given(chart=charts.durations())
def test_any_cycle_times_are_a_right_picture(chart: CycleTimes, theme: Theme) -> None:
    assert_is_right(draw_cycle_times(chart, theme), draw_cycle_times(chart, theme), chart.reading)


@pytest.mark.parametrize("theme", Theme)
@drawing
@given(chart=charts.throughputs())
def test_any_throughput_is_a_right_picture(chart: Throughput, theme: Theme) -> None:
    assert_is_right(draw_throughput(chart, theme), draw_throughput(chart, theme), chart.reading)
    assert_no_level_runs_through_a_text(read(draw_throughput(chart, theme)))


@drawing
@given(badge=charts.badges)
def test_any_badge_is_a_right_picture(badge: Badge) -> None:
    assert_is_right(draw_badge(badge), draw_badge(badge))
