"""What GitHub is told of a card, and what is read of it again."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.boxes import boxes_in
from taskly.github.rules.card_text import (
    LONGEST,
    CardText,
    card_named_by,
    comment_mark,
    comment_of,
    criteria_in,
    description_of,
    own_words,
    title_of,
)

ID = UUID(int=7)
URL = "https://taskly.example.org/c/PAY-12"
MARKS = st.sampled_from(
    [
        "<!-- taskly:criteria -->",
        "<!-- /taskly:criteria -->",
        "<!-- /taskly:card -->",
        "```",
        "PAY-7",
    ]
)
TEXTS = st.lists(st.text(max_size=20) | MARKS, max_size=6).map("\n".join)
WRITTEN = """\
<!-- taskly:card 00000000-0000-0000-0000-000000000007 -->

Banks time out.

### Acceptance criteria

<!-- taskly:criteria -->

- [ ] Both refunds arrive
- [x] No fee

<!-- /taskly:criteria -->

Card: [PAY-12 Refund \\[twice\\]](https://taskly.example.org/c/PAY-12)

<!-- /taskly:card -->"""


def card(description: str = "", criteria: str = "", title: str = "Refund [twice]") -> CardText:
    """A card with these texts."""
    return CardText(ID, "PAY-12", title, URL, description, criteria)


def test_the_description_has_the_cards_texts_a_checklist_and_the_way_back() -> None:
    written = description_of(card("Banks time out.", "- Both refunds arrive\n- [x] No fee"))
    assert written == WRITTEN
    assert title_of(card()) == "PAY-12 Refund [twice]"


def test_what_the_card_does_not_have_is_left_out() -> None:
    written = description_of(card())
    assert "###" not in written
    assert URL in written


def test_words_of_people_are_told_from_those_of_the_card() -> None:
    body = f"Beside PAY-3.\r\n\r\n{WRITTEN}\r\n\r\nAfter PAY-4."
    assert own_words(body).split() == [
        "Beside",
        "PAY-3.",
        "<!--",
        "/taskly:card",
        "-->",
        "After",
        "PAY-4.",
    ]
    assert own_words("closes PAY-1") == "closes PAY-1"
    assert own_words(WRITTEN.replace("/taskly", "taskly")) == WRITTEN.replace("/taskly", "taskly")


@pytest.mark.parametrize(
    "body", ["", "<!-- taskly:criteria -->\n- [x] a", "- [x] a\n<!-- /taskly:criteria -->"]
)
def test_without_its_marks_there_is_no_checklist_and_no_card(body: str) -> None:
    assert criteria_in(body) == ""
    assert card_named_by(body) is None


@given(TEXTS, TEXTS)
def test_whatever_stands_on_the_card_its_part_of_the_description_is_found_again(
    description: str, criteria: str
) -> None:
    written = description_of(card(description, criteria))
    assert card_named_by(written) == ID
    assert "PAY-7" not in own_words(f"Mine.\n{written}\nMine.")
    found = boxes_in(criteria_in(written))
    assert boxes_in(criteria.replace("taskly:", "taskly ")).items() <= found.items()


@pytest.mark.parametrize(
    ("description", "lines", "width"),
    [(50_000, 25_000, 1), (50_000, 1, 49_999), (50_000, 0, 1), (0, 1_000, 49), (30_000, 600, 49)],
)
def test_the_longest_card_makes_a_description_that_github_takes(
    description: int, lines: int, width: int
) -> None:
    criteria = "\n".join(["c" * width] * lines)
    written = description_of(card("d" * description, criteria, title="[" * 255))
    assert len(written) <= LONGEST
    assert written.endswith("<!-- /taskly:card -->")
    assert len(comment_of(card("", criteria))) <= LONGEST


def test_a_comment_shows_the_card_with_nothing_to_tick_and_calls_nobody() -> None:
    said = comment_of(card("Not this.", "- [x] Ask @bob\n- Refund"))
    assert said.startswith(comment_mark(ID))
    assert "- ☑ Ask @\u200bbob\n- ☐ Refund" in said
    assert (URL in said, "Not this." in said) == (True, False)
