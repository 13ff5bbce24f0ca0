"""Reads a picture as a program that shows it does."""

import math
import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple
from xml.etree import ElementTree

from taskly.pictures.rules.lettering import width

Element = ElementTree.Element

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "rect", "line", "path", "circle", "text"}
ACROSS, DOWN = ("x", "x1", "x2", "cx"), ("y", "y1", "y2", "cy")
NUMBER = re.compile(r"-?[0-9.]+")
SLACK = 0.02
"""What places lose by being written with two digits."""


class Box(NamedTuple):
    """What a text takes."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two lie on each other."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def read(picture: str) -> Element:
    """The root of a picture, which is well-formed and made of nothing but shapes and words."""
    root = ElementTree.fromstring(picture)  # noqa: S314
    for each in root.iter():
        assert each.tag.removeprefix(SVG) in ALLOWED
        assert not {name for name in each.attrib if name.startswith("on") or "href" in name}
        assert not {"style", "class", "id"} & set(each.attrib)
    return root


def words(root: Element) -> dict[str, str | None]:
    """What is read to who does not see it."""
    return {name: root.findtext(f"{SVG}{name}") for name in ("title", "desc")}


def texts(root: Element) -> list[str]:
    """What is written in it, in the order in which it is drawn."""
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def assert_is_inside(root: Element) -> None:
    """Every place is a number and within the picture."""
    most = float(root.attrib["width"]), float(root.attrib["height"])
    assert root.attrib["viewBox"] == f"0 0 {most[0]:g} {most[1]:g}"
    for x, y in _places(root):
        assert math.isfinite(x)
        assert math.isfinite(y)
        assert -SLACK <= x <= most[0] + SLACK
        assert -SLACK <= y <= most[1] + SLACK


def assert_is_readable(root: Element) -> None:
    """No text leaves the picture or lies on another one."""
    boxes = list(_boxes(root))
    for box in boxes:
        assert box.left >= 0, box
        assert box.right <= float(root.attrib["width"]), box
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other), (one, other)


def assert_no_level_runs_through_a_text(root: Element) -> None:
    """Broken lines across the picture make room for what is written."""
    for line in root.iter(f"{SVG}line"):
        if "stroke-dasharray" in line.attrib:
            left, right, y = (float(line.attrib[name]) for name in ("x1", "x2", "y1"))
            level = Box("", left, y, right, y)
            for box in _boxes(root):
                assert not level.overlaps(box), (level, box)


def _places(root: Element) -> Iterator[tuple[float, float]]:
    for each in root.iter():
        attributes = each.attrib
        if each is root:
            continue
        if "d" in attributes and "a" not in attributes["d"]:
            numbers = [float(found) for found in NUMBER.findall(attributes["d"])]
            yield from zip(numbers[::2], numbers[1::2], strict=True)
        xs = [float(attributes[name]) for name in ACROSS if name in attributes]
        ys = [float(attributes[name]) for name in DOWN if name in attributes]
        xs += [x + float(attributes.get("width", 0)) for x in xs]
        ys += [y + float(attributes.get("height", 0)) for y in ys]
        yield from ((x, y) for x in xs for y in ys)


def _boxes(root: Element) -> Iterator[Box]:
    for each in root.iter(f"{SVG}text"):
        size, text = float(each.attrib["font-size"]), each.text or ""
        wide = float(each.attrib.get("textLength", width(text, size)))
        x, y = float(each.attrib["x"]), float(each.attrib["y"])
        x -= {"end": wide, "middle": wide / 2}.get(each.attrib.get("text-anchor", ""), 0)
        yield Box(text, x, y - 0.72 * size, x + wide, y)
