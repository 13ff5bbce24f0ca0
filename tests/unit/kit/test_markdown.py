"""What people wrote stands for itself in Markdown, wherever a line of it begins."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from taskly.kit.markdown import as_plain


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a | b", r"a \| b"),
        ("*a* _b_ ~c~ `d`", r"\*a\* \_b\_ \~c\~ \`d\`"),
        ("<b> &amp; [x](https://y)", r"&lt;b&gt; &amp;amp; \[x\](https\://y)"),
        ("see www.example.com", r"see www\.example.com"),
        ("_www.example.com xWWW.y", r"\_www\.example.com xWWW\.y"),
        ("1. one", r"1\. one"),
        ("23) two", r"23\) two"),
        ("- a\n# b", r"\- a \# b"),
        ("+ a", r"\+ a"),
        (r"\*a", r"\\\*a"),
        ("@bob", "@&#8203;bob"),
        ("a@.com _GH-1_", r"a@&#8203;.com \_GH-&#8203;1\_"),
        ("@-x or a@-b.com", "@&#8203;-x or a@&#8203;-b.com"),
        ("plain, (words): 1.5!", "plain, (words): 1.5!"),
    ],
)
def test_words_stand_for_themselves_in_markdown(words: str, expected: str) -> None:
    assert as_plain(words) == expected


WORDS = st.lists(
    st.sampled_from([*"ab1whtp \\`*_[]()<>|~&#@!-+=.:/;\"'{}\t\n", "www.", "WWW.", "://"]),
    max_size=40,
).map("".join)
BEGINS_A_LINK = re.compile(r"www\.|(?<!\\)(?:\\\\)*://|@[\w.-]|(?<![^\W_])GH-\d", re.IGNORECASE)
"""What GitHub would make a link of where nobody wrote one."""


@given(WORDS)
def test_nothing_becomes_a_link_by_itself(words: str) -> None:
    assert BEGINS_A_LINK.search(as_plain(words)) is None


@given(WORDS)
@pytest.mark.parametrize("before", ["", "- ", "> "])
def test_a_reader_of_markdown_sees_the_words_and_nothing_else(before: str, words: str) -> None:
    tokens = _READER.parse(before + as_plain(words))

    children = [child for token in tokens for child in token.children or ()]
    assert "".join(child.content for child in children).replace("\u200b", "") == " ".join(
        words.split()
    )
    assert {child.type for child in children} <= {"text", "text_special"}
    assert {token.type.rpartition("_")[0] for token in tokens} <= _AROUND


_READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_AROUND = {"", "paragraph", "bullet_list", "list_item", "blockquote"}
