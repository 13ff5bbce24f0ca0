"""Whom a comment names."""

import pytest

from taskly.cards.rules import MOST_MENTIONS, logins_mentioned


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
