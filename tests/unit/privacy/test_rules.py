"""What stands of somebody in a text, and what only looks like it."""

import pytest

from taskly.cards.rules import logins_mentioned
from taskly.privacy.rules import without_filter, without_mention


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("_@ann_, __@Ann__ and ___@ann.___", "_@nobody_, __@nobody__ and ___@nobody.___"),
        ("@ann... \n> @ann @ann_x @bob", "@nobody... \n> @nobody @ann_x @bob"),
        ("`@ann` and\n\n```\n@ann\n```", "`@nobody` and\n\n```\n@nobody\n```"),
        ("/@ann @@ann .@ann -@ann x_@ann", "/@nobody @@nobody .@nobody -@nobody x_@nobody"),
        ("\u00e9@ann @ann\u00e9", "\u00e9@nobody @nobody\u00e9"),
        ("<https://example.com/@ann?a=@ann>", "<https://example.com/@nobody?a=@nobody>"),
        ("@ann-- @ann-other @ann.other", "@nobody-- @ann-other @ann.other"),
        ("@ann~0123abcd @ann~", "@ann~0123abcd @nobody~"),
        (
            "ann@ann.example, me@ann, annabel, @annabel",
            "ann@ann.example, me@ann, annabel, @annabel",
        ),
    ],
)
def test_whoever_is_named_is_taken_out_wherever_that_stands(text: str, left: str) -> None:
    assert without_mention(text, "ann", most=1000) == left.replace("nobody", "former_member")
    assert "ann" not in logins_mentioned(left)


def test_no_text_grows_longer_than_it_may_be() -> None:
    assert without_mention("Ask @ann.", "ann", most=9) == "Ask @_."
    assert without_mention("Ask @ann.", "ann", most=19) == "Ask @former_member."
    assert without_filter("assignee:me,ann", "ann", most=15) == "assignee:me,_"
    assert without_filter("assignee:me,ann", "ann", most=25) == "assignee:me,former_member"
