"""The page of problems holds an entry for every problem, and none besides."""

import re
from collections.abc import Iterator
from pathlib import Path

import taskly.api.app  # noqa: F401  # defines every problem that the application can answer
from taskly.platform.http.problems import TYPE_PREFIX, Problem

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"


def kinds(of: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """All problem classes of the program; those of other tests are none of it."""
    if of.__module__.startswith("taskly."):
        yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


def entries() -> dict[str, tuple[set[str], str]]:
    """The statuses and the text of each entry, by its code."""
    found: dict[str, tuple[set[str], str]] = {}
    for group in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        statuses = set(re.findall(r"\d{3}", group.partition(":")[0]))
        for entry in re.split(r"^### ", group, flags=re.MULTILINE)[1:]:
            code, _, text = entry.partition("\n")
            assert code not in found, f"{code} has two entries"
            found[code] = (statuses, " ".join(text.split()))
    return found


def test_every_problem_has_an_entry_and_every_entry_a_problem() -> None:
    assert sorted(entries()) == sorted({kind.code for kind in kinds()})


def test_an_entry_stands_under_its_status() -> None:
    written = entries()
    astray = [kind.code for kind in kinds() if str(kind.status) not in written[kind.code][0]]
    assert astray == []


def test_an_entry_begins_with_the_title_that_the_api_sends_and_says_more() -> None:
    written = entries()
    unlike = [
        kind.code
        for kind in kinds()
        if not re.match(rf"\*\*{re.escape(kind.title)}\.\*\* \S", written[kind.code][1])
    ]
    assert unlike == []


def test_the_type_of_a_problem_is_the_address_of_its_entry() -> None:
    page, _, fragment = TYPE_PREFIX.partition("#")
    assert (page, fragment) == ("/docs/problems", "")
    malformed = [code for code in entries() if not re.fullmatch(r"[a-z][a-z_]*", code)]
    assert malformed == []
