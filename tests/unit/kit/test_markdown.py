"""What people wrote stands for itself in Markdown, wherever a line of it begins."""

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
        ("1. one", r"1\. one"),
        ("23) two", r"23\) two"),
        ("- a\n# b", r"\- a \# b"),
        ("+ a", r"\+ a"),
        (r"\*a", r"\\\*a"),
        ("@bob", "@&#8203;bob"),
        ("plain, (words): 1.5!", "plain, (words): 1.5!"),
    ],
)
def test_words_stand_for_themselves_in_markdown(words: str, expected: str) -> None:
    assert as_plain(words) == expected


@given(st.text(st.sampled_from("ab1 \\`*_[]()<>|~&#@!-+=.:/;\"'{}\t\n"), max_size=40))
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
