"""Release notes as text."""

import re
from datetime import UTC, datetime
from html import unescape
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from taskly.kit.markdown import as_plain, link
from taskly.release_notes.schemas import (
    CardInNotes,
    CardsLeftOut,
    DaysOfNotes,
    GroupOfNotes,
    PullRequestInNotes,
    ReleaseNotes,
)
from taskly.release_notes.writing import as_html, as_markdown

AN_ID = UUID(int=1)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def notes(
    *cards: CardInNotes,
    group: str = "bug",
    people: tuple[str, ...] = (),
    said: tuple[str, ...] = (),
) -> ReleaseNotes:
    """Notes with one group."""
    return ReleaseNotes(
        board_id=AN_ID,
        heading="Payments: 23 November 2026",
        reading="1 card was completed.",
        range=DaysOfNotes(first=AT.date(), last=AT.date(), time_zone="UTC", since=AT, until=AT),
        groups=[GroupOfNotes(label_id=None, title=group, color=None, cards=list(cards))],
        contributors=list(people),
        without_code=CardsLeftOut(count=0, cards=[]),
        not_done=CardsLeftOut(count=0, cards=[]),
        remarks=list(said),
    )


def card(title: str, *pulls: PullRequestInNotes, people: tuple[str, ...] = ()) -> CardInNotes:
    """A card."""
    return CardInNotes(
        id=AN_ID,
        key="PAY-1",
        title=title,
        url="https://example.com/c/PAY-1",
        pull_requests=list(pulls),
        contributors=list(people),
    )


def pull(number: int, url: str) -> PullRequestInNotes:
    """A pull request."""
    return PullRequestInNotes(
        repository="octo/payments", number=number, title="", url=url, author="", merged_at=AT
    )


def test_markdown_has_headings_entries_links_and_thanks() -> None:
    pulls = (pull(7, "https://example.com/pull/7"), pull(8, ""))
    text = as_markdown(
        notes(
            card("Refund twice", *pulls, people=("Ann", "omar")),
            card("Plain"),
            people=("Ann", "omar"),
        )
    )

    assert text == (
        "# Payments: 23 November 2026\n"
        "\n"
        "1 card was completed.\n"
        "\n"
        "## bug\n"
        "\n"
        "- **[PAY-1](https://example.com/c/PAY-1)** Refund twice "
        "([octo/payments\\#&#8203;7](https://example.com/pull/7), octo/payments\\#&#8203;8; Ann, omar)\n"
        "- **[PAY-1](https://example.com/c/PAY-1)** Plain\n"
        "\n"
        "Thanks to Ann, omar.\n"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a | b", r"a \| b"),
        ("*a* _b_ `c` ~~d~~ $e$", r"\*a\* \_b\_ \`c\` \~\~d\~\~ \$e\$"),
        ("<script>alert(1)</script> & co", "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"),
        ("![x](javascript:alert(1))", r"!\[x\](javascript:alert(1))"),
        ("C:\\temp", r"C:\\temp"),
        ("by @mona and @octo/team", "by @&#8203;mona and @&#8203;octo/team"),
        (
            "see #1, octo/x#12, GH-3, gh-4",
            r"see \#&#8203;1, octo/x\#&#8203;12, GH-&#8203;3, gh-&#8203;4",
        ),
        ("C# and a#b", r"C\# and a\#b"),
        ("ann@example.com", "ann@&#8203;example.com"),
        ("two\nlines\u2028here", "two lines here"),
    ],
)
def test_what_people_wrote_stays_what_it_is(written: str, expected: str) -> None:
    assert as_plain(written) == expected
    assert f"## {expected}\n" in as_markdown(notes(card("x"), group=written))
    assert f"** {expected}\n" in as_markdown(notes(card(written)))
    assert f"Thanks to {expected}.\n" in as_markdown(notes(people=(written,)))


MARKS = "\\`*_[]()<>&|~$#@!-+.:/1aGwhtp ;"


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*MARKS, "www.", "://", "@a"]),
            st.characters(codec="utf-8"),
        )
    ).map("".join)
)
def test_a_reader_of_markdown_sees_what_was_written(written: str) -> None:
    written = written.replace("\0", "").replace("\u200b", "")

    shown = MarkdownIt("gfm-like", {"linkify": False}).renderInline(f"** {as_plain(written)}")

    assert "<" not in shown
    assert not re.search(r"www\.|(?<!\\)(?:\\\\)*://|@[\w.-]", as_plain(written), re.IGNORECASE)
    assert unescape(shown).replace("\u200b", "") == f"** {' '.join(written.split())}"


def test_an_address_does_not_end_before_it_ends() -> None:
    assert link("a]", "https://example.com/(a) b") == (r"[a\]](https://example.com/%28a%29%20b)")


def test_html_shows_what_people_wrote_and_runs_none_of_it() -> None:
    evil = '<b onclick="x">&"\''
    text = as_html(notes(card(evil, pull(7, 'https://x/"><b>')), group=evil, people=(evil,)))

    safe = "&lt;b onclick=&quot;x&quot;&gt;&amp;&quot;&#x27;"
    assert f"<h2>{safe}</h2>" in text
    assert f"</strong> {safe} (" in text
    assert f"<p>Thanks to {safe}.</p>" in text
    assert '<a href="https://x/&quot;&gt;&lt;b&gt;">octo/payments#7</a>' in text
    assert "<b" not in text.replace("<body", "")
    assert text.startswith('<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>')


def test_remarks_are_comments_that_nobody_ends() -> None:
    said = notes(said=("1 card is left out: PAY-9.", "--> <b>", "---!>"))

    for text in (as_markdown(said), as_html(said)):
        assert "<!-- 1 card is left out: PAY-9. -->\n" in text
        assert text.count("-->") == text.count("<!--") == 3
        assert "<b>" not in text
