"""Prose is what is said in Markdown, without what is only shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.prose import GAP, paragraphs_of, prose_in

WORD = "prose"


@pytest.mark.parametrize(
    "markdown",
    [
        "```\nprose\n```",
        "```python\nprose\n\nprose\n```",
        "~~~\nprose\n~~~",
        "````\n```\nprose\n````",
        "```\n~~~\nprose\n```",
        "``` \nprose",
        "   ```\nprose\n   ```",
        "- item\n  ```\n  prose\n  ```",
        "1. ```\n   prose\n   ```",
        "    prose",
        "\tprose",
        "text\n\n    prose\n\n    prose",
        "# heading\n    prose",
        "- item\n\n      prose",
        "1. item\n\n       prose",
        "- item\n\ntext\n\n    prose",
        "`prose`",
        "a ``prose ` prose`` b",
        "`line\nprose`",
        "`prose` and `prose`",
        "> prose",
        ">prose\n> prose",
        "   > prose",
        "- > prose",
        "> ```\n> prose\n> ```",
        "<!-- prose -->",
        "<!--\nprose\n\nprose\n-->",
        "text <!-- prose\nprose --> text",
        "<!-- prose",
        "<!-- `prose --> text `",
        "<pre>prose</pre>",
        "<PRE>\nprose\n\nprose\n</PRE>",
        '<pre lang="x">\nprose\n</pre>',
        "text <code>prose</code> text",
        "<code>\nprose</code >",
        "<blockquote>\n\nprose\n\n</blockquote>",
        "```\r\nprose\r\n```\r\n",
    ],
)
def test_what_is_only_shown_is_left_out(markdown: str) -> None:
    assert WORD not in " ".join(paragraphs_of(markdown))


@pytest.mark.parametrize(
    ("markdown", "paragraphs"),
    [
        ("", []),
        ("\n \n", []),
        ("prose", ["prose"]),
        ("one\ntwo", ["one\ntwo"]),
        ("one\r\ntwo\r\n\r\nthree", ["one\ntwo", "three"]),
        ("# one\ntwo", ["# one", "two"]),
        ("one\n# two", ["one", "# two"]),
        ("#no heading\ntwo", ["#no heading\ntwo"]),
        ("- one\n- two\n* three\n2) four", ["one", "two", "three", "four"]),
        ("- [ ] one\n  two", ["[ ] one\ntwo"]),
        ("- one\n  - two", ["one", "two"]),
        ("- - one", ["one"]),
        ("-one", ["-one"]),
        ("one\n    two", ["one\ntwo"]),
        ("- one\n\n    two", ["one", "two"]),
        ("1. one\n\n    two", ["one", "two"]),
        ("10. one\n\n        two", ["one"]),
        ("> quote\none", ["one"]),
        ("one\n> quote\ntwo", ["one", "two"]),
        ("one > two", ["one > two"]),
        ("```\ncode\n```\none", ["one"]),
        ("```\ncode\n``\n```` \none", ["one"]),
        ("``` not ` code\none", ["``` not ` code\none"]),
        ("one `two three", ["one `two three"]),
        ("one ``two` three", ["one ``two` three"]),
        ("one `two\n\nthree` four", ["one `two", "three` four"]),
        ("one `x` two", [f"one {GAP} two"]),
        ("one <!-- x --> two", [f"one {GAP} two"]),
        ("one <!-- x", ["one <!-- x"]),
        ("<!-- x --> one", [f"{GAP} one"]),
        ("<!--\nx\n--> one", ["one"]),
        ("<!--\nx\n--> one <!--\nx\n-->\ntwo", [f"one {GAP}\ntwo"]),
        ("`<!--` one `-->`", [f"{GAP} one {GAP}"]),
        ("```\n<!--\n```\none", ["one"]),
        ("<!--\n```\n-->\none", ["one"]),
        ("<codex> one </code>", ["<codex> one </code>"]),
        ("<prefix>\none", ["<prefix>\none"]),
        ("one <pre> two", ["one <pre> two"]),
        ("**one** _two_ [three](four)", ["**one** _two_ [three](four)"]),
    ],
)
def test_what_is_said_is_kept(markdown: str, paragraphs: list[str]) -> None:
    assert [paragraph.strip() for paragraph in paragraphs_of(markdown)] == paragraphs


def test_a_title_is_one_paragraph() -> None:
    assert prose_in("> `x` # y") == f"> {GAP} # y"
    assert prose_in("    y") == "    y"


@given(st.text("`~<>!-# \n\taz1.*", max_size=80))
def test_nothing_is_said_that_was_not_written(markdown: str) -> None:
    written = set("".join(markdown.split()))
    for paragraph in paragraphs_of(markdown):
        assert set("".join(paragraph.split())) <= written | {GAP}
        assert paragraph.strip()


@pytest.mark.parametrize(
    ("hostile", "last"),
    [
        ("`" * 200_000, []),
        ("x" + "`" * 200_000, ["prose"]),
        (" ".join("`" * n for n in range(1, 600)), ["prose"]),
        ("<code" * 40_000, ["prose"]),
        ("x<!--" * 40_000, ["prose"]),
        ("<!--" * 40_000, []),
        ("<!--\n" * 40_000, []),
        ("- " * 100_000, ["prose"]),
        ("1. " * 60_000, ["prose"]),
        ("> " * 100_000, ["prose"]),
        ("\t" * 100_000 + "x", ["prose"]),
        ("```\n" * 50_000, ["prose"]),
        ("```\n" * 50_001, []),
    ],
)
def test_hostile_text_is_read_to_its_end(hostile: str, last: list[str]) -> None:
    assert paragraphs_of(f"{hostile}\n\nprose")[-1:] == last
