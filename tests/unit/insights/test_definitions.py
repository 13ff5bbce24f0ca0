"""What figures mean is said once, and the guide shows the same."""

import re
from pathlib import Path

import pytest

from taskly.insights.rules.definitions import DEFINITIONS, Metric
from taskly.insights.rules.forecast import HORIZON_DAYS, TRIALS
from taskly.insights.rules.percentiles import PERCENTS

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "insights.md"
CHAPTER = GUIDE.read_text(encoding="utf-8").partition("## Definitions")[2].partition("\n## ")[0]
SECTIONS = dict(
    section.split("\n", maxsplit=1)
    for section in re.split(r"^### ", CHAPTER, flags=re.MULTILINE)[1:]
)


def test_every_figure_is_defined_and_the_guide_has_no_other() -> None:
    assert list(DEFINITIONS) == list(Metric)
    assert list(SECTIONS) == [definition.name for definition in DEFINITIONS.values()]


@pytest.mark.parametrize("metric", Metric)
def test_the_guide_says_what_the_code_says(metric: Metric) -> None:
    definition = DEFINITIONS[metric]

    words, formula, source = SECTIONS[definition.name].split("```")

    assert " ".join(words.split()) == definition.words
    assert formula.strip("\n") == definition.formula
    assert " ".join(source.split()) == f"Source: {definition.source}."


def test_the_definition_of_forecasts_has_the_numbers_of_the_code() -> None:
    words = DEFINITIONS[Metric.FORECAST].words

    assert f"{TRIALS:,}".replace(",", " ") in words
    assert f"{HORIZON_DAYS} days" in words
    assert all(f"{percent}" in words for percent in PERCENTS)
