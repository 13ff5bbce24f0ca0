"""Names are words that say something."""

import pytest

from tests.lint.samples import lines, places, source
from tools.lint import plain_names


@pytest.mark.parametrize(
    "name",
    ["CardHelper", "ConnectionManager", "PullRequestInfo", "card_data", "common_steps", "URLUtils"],
)
def test_an_empty_word_in_a_class_or_function_is_found(name: str) -> None:
    assert lines(plain_names.check, "src/taskly/cards/moving.py", f"class {name}: ...\n") == [1]
    code = f"class Card:\n    async def {name}(self): ...\n"
    assert lines(plain_names.check, "src/taskly/cards/moving.py", code) == [2]


@pytest.mark.parametrize("name", ["move_card", "Database", "data", "information", "datum"])
def test_a_word_that_says_something_is_fine(name: str) -> None:
    assert lines(plain_names.check, "src/taskly/cards/moving.py", f"def {name}(): ...\n") == []


def test_an_empty_word_in_a_module_is_found_and_in_a_folder_only_once() -> None:
    found = places(
        plain_names.check,
        source("src/taskly/cards/utils.py", ""),
        source("src/taskly/helpers/first.py", ""),
        source("src/taskly/helpers/second.py", ""),
        source("src/taskly/boards/utils.py", ""),
        source("src/taskly/boards/snapshots.py", ""),
    )
    assert found == [
        "src/taskly/cards/utils.py:1",
        "src/taskly/helpers/first.py:1",
        "src/taskly/boards/utils.py:1",
    ]
