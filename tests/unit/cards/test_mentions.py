"""Whom a comment names."""

import pytest

from taskly.cards.rules import MOST_MENTIONS, logins_mentioned, without_mention


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@ann", ["ann"]),
        ("(@Ann), @BOB: and @ann.", ["ann", "bob"]),
        ("@a.n.other-one... sure", ["a.n.other-one"]),
        ("@ann~0123abcd", ["ann~0123abcd"]),
        ("- @ann\n- @bob", ["ann", "bob"]),
        ("**@ann**", ["ann"]),
        ("_@ann_, __@bob__ and ___@carol.___", ["ann", "bob", "carol"]),
        ("@mona_octo and @ann_x", ["mona_octo", "ann_x"]),
        ("@ann\u00e9 @\u00e9ann x_@ann " + "@" + "a" * 60, []),
        ("ann@example.com", []),
        ("`@ann` and\n\n    @bob\n\n```\n@carol\n```\n> @dave", []),
        ("https://example.com/@ann", []),
        ("@@ann", []),
        ("@", []),
        ("nobody", []),
    ],
)
def test_people_are_named_outside_code_quotes_and_addresses(text: str, logins: list[str]) -> None:
    assert logins_mentioned(text) == logins


def test_no_text_names_a_whole_company() -> None:
    text = " ".join(f"@person{number}" for number in range(1000))
    assert logins_mentioned(text) == [f"person{number}" for number in range(MOST_MENTIONS)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("_@ann_, __@Ann__ and ___@ann.___", "_@nobody_, __@nobody__ and ___@nobody.___"),
        ("@ann... \n> @ann @ann_x @bob", "@nobody... \n> @nobody @ann_x @bob"),
        ("ann@ann.example, annabel", "ann@ann.example, annabel"),
    ],
)
def test_whoever_is_named_can_be_taken_out_however_they_are_emphasised(
    text: str, left: str
) -> None:
    assert without_mention(text, "ann", "nobody") == left
    assert "ann" not in logins_mentioned(left)
