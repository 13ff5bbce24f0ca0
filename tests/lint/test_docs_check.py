"""Documents point at what exists."""

from pathlib import Path

import pytest

from tests.lint.samples import text
from tools import docs_check
from tools.lint.texts import Text

OTHERS = [
    text("Makefile", ".PHONY: check\ncheck: lint ## Check\n\techo\nARGS := 1\n"),
    text("src/taskly/cards/moving.py", ""),
    text(
        "docs/guides/backups.md", "# Backups\n\n## Every day, at night\n\n## Every day, at night\n"
    ),
]


def told(markdown: str, *, path: str = "docs/index.md", others: list[Text] = OTHERS) -> list[str]:
    return [
        f"{finding.line} {finding.message}"
        for finding in docs_check.check([*others, text(path, markdown)])
    ]


def test_links_to_files_folders_and_headings_that_exist_are_fine() -> None:
    markdown = """\
    # Start here
    See [backups](guides/backups.md#every-day-at-night), [again](guides/backups.md#every-day-at-night-1),
    [the code](../src/taskly/cards/), [the root](/docs/index.md), [above](#start-here),
    [a site](https://example.com/x.md), [a person](mailto:omar@example.com) and [this][place].

    [place]: guides/backups.md
    """
    assert told(markdown) == []


def test_a_link_to_nothing_is_found() -> None:
    markdown = """\
    # Start here
    See [restore](guides/restore.md) and
    [the night](guides/backups.md#every-night), [above](#start).

    [place]: ../LICENCE
    """
    assert told(markdown) == [
        "2 guides/restore.md: no such file",
        "3 guides/backups.md#every-night: no such heading",
        "3 #start: no such heading",
        "5 ../LICENCE: no such file",
    ]


def test_links_and_headings_in_code_are_only_examples() -> None:
    assert told("Write `[a](b.md)`.\n\n```\n# Not a heading\n[a](b.md)\n```\n") == []
    assert told("[there](#not-a-heading)\n\n```\n# Not a heading\n```\n") == [
        "1 #not-a-heading: no such heading"
    ]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Move a card, everybody sees it", "move-a-card-everybody-sees-it"),
        ("## `make check` and *others*", "make-check-and-others"),
        ("### 3. One-click branch", "3-one-click-branch"),
        ("## [Keys](keys.md) & secrets ##", "keys--secrets"),
        ("## Ways of working {#ways}", "ways"),
        ('<a id="old-name"></a>', "old-name"),
    ],
)
def test_anchors_are_made_as_github_makes_them(heading: str, anchor: str) -> None:
    assert anchor in docs_check.anchors_of(f"# Title\n\n{heading}\n")


def test_make_commands_have_targets() -> None:
    markdown = """\
    Run `make check`, then `make lint ARGS=1`. In prose, make haste.

    ```sh
    cd taskly && make check
    make ship
    ```
    """
    assert told(markdown) == [
        "5 make ship: the Makefile has no such target",
        "1 make lint: the Makefile has no such target",
    ]


def test_paths_of_the_repository_in_code_exist() -> None:
    markdown = """\
    `src/taskly/cards/moving.py`, `src/taskly/cards/`, `src/taskly/<domain>/rules.py`,
    `src/taskly/cards/running.py`, `docs/guides/*.md` and `/usr/src/taskly`.
    """
    assert told(markdown) == ["2 src/taskly/cards/running.py: no such file or folder"]


def test_the_command_fails_on_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("[guide](guide.md)\n")
    assert docs_check.main(tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "README.md:1: docs guide.md: no such file",
        "Documents: 1 broken.",
    ]
    readme.write_text("# Taskly\n")
    assert docs_check.main(tmp_path) == 0
    assert capsys.readouterr().out == "Documents: all references exist.\n"


def test_what_a_join_of_two_changes_left_is_found() -> None:
    begins = "- **Notes**: what was done between two days, or two tags, by labels, "
    markdown = f"# Notes\n\n{begins}with pull\n{begins}with pull requests\n## People\n"
    assert told(markdown) == [
        "4 begins as the line before it",
        "5 a heading needs an empty line before it",
    ]


def test_lines_that_are_alike_in_tables_and_code_are_fine() -> None:
    row = f"| {'much of the same ' * 5} |\n"
    assert told(f"{row}{row}\n```\n{row[2:]}{row[2:]}# Comment\n```\n") == []
