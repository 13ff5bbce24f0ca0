"""The chapter on external APIs names what we do there."""

import inspect
import re
from pathlib import Path

from taskly.github.deliveries.payloads import EVENTS
from taskly.github.remote.client import GitHub

CHAPTER = Path(__file__).parents[2] / "docs" / "architecture" / "external-apis.md"


def test_every_call_to_github_has_a_row() -> None:
    calls = re.findall(r"^\| `[A-Z]+ [^`]+` \| `(\w+)` \|", CHAPTER.read_text(), re.MULTILINE)
    methods = [name for name, _ in inspect.getmembers(GitHub, inspect.isfunction)]
    assert sorted(calls) == sorted(name for name in methods if not name.startswith("_"))


def test_every_event_that_is_asked_for_has_a_row() -> None:
    events = CHAPTER.read_text().partition("| event |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", events)) == EVENTS
