"""Boxes follow from a pull request's checklist into a card's criteria; words never do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.boxes import (
    Edit,
    boxes_in,
    checklist,
    closed,
    follow_boxes,
    parted,
    shown_boxes,
)

ITEMS = st.builds(
    lambda lead, box, text, end: f"{lead}{box}{text}{end}",
    st.sampled_from(["- ", "* ", "  - ", "1. ", "12) "]),
    st.sampled_from(["", "[ ] ", "[x] ", "[X] ", "[  ] "]),
    st.sampled_from(["Refund", "Log it", "`[x]` is shown", "- [x] more", "[x]", ""]),
    st.sampled_from(["", "\r", "  "]),
)
OTHERS = st.sampled_from(["", "## Then", "Prose [x]", "```", "~~~~", "    code", "[ ] no item"])
MARKDOWN = st.lists(ITEMS | OTHERS, max_size=8).map("\n".join)
BOX = re.compile(r"(?m)^([ \t]*(?:[-*+]|[0-9]+[.)])[ \t]+)\[[ xX]\](?:[ \t]+|(?=\r?$))")


def words(markdown: str) -> list[str]:
    """A text without its boxes."""
    return [line.rstrip() for line in BOX.sub(r"\1", markdown).split("\n")]


def ticked(markdown: str, *texts: str) -> str:
    """The text with the boxes of some items ticked."""
    return "\n".join(
        line.replace("[ ]", "[x]") if line.removeprefix("- [ ] ") in texts else line
        for line in markdown.split("\n")
    )


CRITERIA = "Before:\n- [ ] Refund\n- [ ] Log it\n\n* Tell them"


def test_a_box_that_is_ticked_at_github_is_ticked_on_the_card() -> None:
    before = checklist(CRITERIA)
    after = ticked(before, "Refund")
    assert follow_boxes(CRITERIA, edits=(), before=before, after=after) == ticked(
        CRITERIA, "Refund"
    )
    back = follow_boxes(ticked(CRITERIA, "Refund"), edits=(), before=after, after=before)
    assert back == CRITERIA


def test_an_item_without_a_box_gets_one_when_it_is_ticked() -> None:
    before = checklist(CRITERIA)
    after = before.replace("* [ ] Tell them", "* [x] Tell them")
    followed = follow_boxes(CRITERIA, edits=(), before=before, after=after)
    assert followed == CRITERIA.replace("* Tell", "* [x] Tell")


def test_line_ends_and_blanks_do_not_hide_an_item() -> None:
    before = checklist(CRITERIA)
    after = ticked(before, "Log it").replace("\n", "\r\n").replace("Log it", "Log  it ")
    followed = follow_boxes(CRITERIA, edits=(), before=before, after=after)
    assert followed == ticked(CRITERIA, "Log it")


def test_other_words_at_github_change_nothing() -> None:
    before = checklist(CRITERIA)
    after = before.replace("[ ] Refund", "[x] Refund everything") + "\n- [x] Another"
    assert follow_boxes(CRITERIA, edits=(), before=before, after=after) == CRITERIA


def test_what_two_items_say_is_left_alone() -> None:
    twice = "- [ ] Test\n- [ ] Test"
    assert follow_boxes(twice, edits=(), before=twice, after="- [x] Test\n- [ ] Test") == twice


def test_a_box_that_somebody_set_since_stays_as_it_is() -> None:
    now = ticked(CRITERIA, "Refund")
    followed = follow_boxes(
        now,
        edits=[Edit(CRITERIA, now)],
        before=ticked(checklist(CRITERIA), "Refund"),
        after=ticked(checklist(CRITERIA), "Log it"),
    )
    assert followed == ticked(CRITERIA, "Refund", "Log it")


@given(MARKDOWN, MARKDOWN, MARKDOWN, st.lists(st.builds(Edit, MARKDOWN, MARKDOWN), max_size=2))
def test_only_boxes_ever_change(criteria: str, before: str, after: str, edits: list[Edit]) -> None:
    followed = follow_boxes(criteria, edits=edits, before=before, after=after)
    assert words(followed) == words(criteria)
    was, now = boxes_in(criteria), boxes_in(followed)
    assert was.keys() == now.keys()
    for text in was:
        if was[text] != now[text]:
            assert (boxes_in(before)[text], boxes_in(after)[text]) == (was[text], now[text])
            assert all(boxes_in(e.before).get(text) == boxes_in(e.after).get(text) for e in edits)


@given(MARKDOWN, MARKDOWN, MARKDOWN)
def test_following_twice_is_following_once_and_no_change_is_none(
    criteria: str, before: str, after: str
) -> None:
    once = follow_boxes(criteria, edits=(), before=before, after=after)
    assert follow_boxes(once, edits=(), before=before, after=after) == once
    assert follow_boxes(criteria, edits=(), before=after, after=after) == criteria


@given(MARKDOWN)
def test_a_checklist_has_the_items_of_the_criteria_as_they_are_ticked(criteria: str) -> None:
    listed = boxes_in(checklist(criteria))
    present = boxes_in(criteria)
    assert {text: listed[text] for text in present} == present
    if present:
        assert words(checklist(criteria)) == words(closed(criteria))


@pytest.mark.parametrize(
    ("criteria", "wanted"),
    [
        ("", ""),
        ("Both arrive\n\nNo fee", "- [ ] Both arrive\n\n- [ ] No fee"),
        ("## Then\n1. Refund\nand tell", "## Then\n1. [ ] Refund\nand tell"),
        ("- [x] Done\n```\n- code", "- [x] Done\n```\n- code\n```"),
    ],
)
def test_every_criterion_gets_a_box(criteria: str, wanted: str) -> None:
    assert checklist(criteria) == wanted


def test_where_nobody_is_to_tick_boxes_signs_are_shown() -> None:
    assert shown_boxes("Then\n- [x] Refund\n- Log it") == "Then\n- ☑ Refund\n- ☐ Log it"


def test_items_with_boxes_are_parted_from_the_rest_with_what_is_below_them() -> None:
    text = "Why.\n\n- [ ] Bank\n  says so\n  - [X] twice\n\n- no box\n\n```\n- [ ] code\n```"
    assert parted(text) == (
        "Why.\n\n- no box\n\n```\n- [ ] code\n```",
        "- [ ] Bank\n  says so\n  - [X] twice",
    )


def test_a_text_without_boxes_has_no_criteria() -> None:
    assert parted("Why.\n\n- no box\n  below") == ("Why.\n\n- no box\n  below", "")
