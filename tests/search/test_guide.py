"""The guide to filters tells of every field, and its examples are understood."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from taskly.cards.models import Priority
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.fields import BACKWARD, FIELDS, Field, Takes
from taskly.search.rules.query import PRIORITIES

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "filters.md").read_text(encoding="utf-8")
CALENDAR = Calendar(datetime(2026, 11, 23, 9, tzinfo=UTC))


def line_of(field: Field) -> str:
    """The line of the guide's table that the field should have."""
    keywords = ", ".join(f"`{word}`" for word in field.keywords)
    own = "" if field.takes is Takes.KEYWORDS else field.takes.value
    takes = "; ".join(part for part in (keywords, own) if part)
    examples = ", ".join(f"`{example}`" for example in field.examples)
    return f"| `{field.name}` | cards {field.about} | {takes} | {examples} |"


def examples() -> list[str]:
    """What the guide shows as queries: in its tables before the last one, and in its first block."""
    shown = GUIDE[: GUIDE.index("## When a query is wrong")]
    cells = [line.split("|") for line in shown.splitlines() if line.startswith("| `")]
    found = [code for row in cells for code in re.findall(r"`([^`]+)`", row[1] + row[-2])]
    return [*found, shown.split("```")[1].strip()]


def test_the_table_has_a_line_for_every_field_and_no_other() -> None:
    listed = re.findall(r"^\| `\w+` \| cards .*$", GUIDE, re.MULTILINE)
    assert listed == [line_of(field) for field in FIELDS.values()]
    assert list(FIELDS) == sorted(FIELDS)


@pytest.mark.parametrize("example", examples())
def test_an_example_of_the_guide_is_understood(example: str) -> None:
    read_query(example, CALENDAR)


def test_every_field_has_examples_that_begin_with_its_name() -> None:
    for field in FIELDS.values():
        assert field.examples
        assert all(each.removeprefix("-").startswith(f"{field.name}:") for each in field.examples)


def test_fields_that_look_back_are_those_of_times() -> None:
    assert {field.name for field in FIELDS.values() if field.takes is Takes.TIMES} == BACKWARD


def test_the_levels_of_priority_are_those_of_cards() -> None:
    assert tuple(level.value for level in Priority) == PRIORITIES
