"""What of a file does not fit is put where it fits, and noted."""

from collections.abc import Collection
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from taskly.boards.schemas import BoardName, ColumnName, LabelName
from taskly.cards.schemas import AttachmentTitle, Title
from taskly.cards.schemas import Step as StepText
from taskly.imports.schemas import PersonName
from taskly.imports.sources.drafting import Draft, tidy
from taskly.imports.sources.plan import FileUnreadable
from taskly.kit.text import clean_text
from tests.imports.files import notes


def test_what_does_not_fit_is_kept_elsewhere() -> None:
    draft = Draft()
    steps = [draft.step(f"step {number}") for number in range(102)]
    links = [(f"https://example.com/{number}", "") for number in range(51)]
    draft.card(
        "t" * 300,
        column="c" * 60,
        description="d" * 49_900,
        steps=steps,
        links=links,
        comments=["w" * 20_001],
    )

    [card] = draft.plan().cards

    assert (card.title, card.column) == ("t" * 255, "c" * 50)
    assert (len(card.steps), len(card.links)) == (100, 50)
    kept = card.description + "".join(comment.body for comment in card.comments)
    for text in ("t" * 300, "d" * 49_900, "- [ ] step 101", "https://example.com/50", "w" * 20_000):
        assert text in kept
    assert max(len(comment.body) for comment in card.comments) == 20_000
    assert notes(draft.plan()) == {
        ("shortened", "title", 1),
        ("shortened", "column", 1),
        ("continued", "description", 1),
    }


def test_comments_beyond_those_of_a_card_are_noted() -> None:
    draft = Draft()
    draft.card("Card", column="Doing", comments=[str(number) for number in range(1003)])
    [card] = draft.plan().cards
    assert [comment.body for comment in card.comments] == [str(number) for number in range(1000)]
    [note] = draft.plan().notes
    assert (note.kind, note.about, note.count) == ("too_many", "comments", 3)
    assert note.examples == ["1000", "1001", "1002"]


def test_a_file_with_more_comments_than_a_job_can_make_is_refused() -> None:
    draft = Draft()
    for _ in range(50):
        draft.card("Card", column="Doing", comments=["said"] * 1000)
    assert draft.plan().counts()["comments"] == 50_000
    with pytest.raises(FileUnreadable, match="more than 50000 comments"):
        draft.card("Card", column="Doing", comments=["said"])


odd = st.text(max_size=3) | st.sampled_from(["\u200b", "\u3164", "x" * 49 + " y", "e\u0301" * 300])


names = st.lists(odd, max_size=4).map("".join)


@given(st.lists(st.tuples(names, names, names, names, names, names), min_size=1, max_size=4))
def test_what_is_drafted_is_what_requests_may_say(
    parts: list[tuple[str, str, str, str, str, str]],
) -> None:
    draft = Draft(parts[0][0])
    for title, column, label, person, item, link in parts:
        draft.card(
            title,
            column=column,
            labels=[label],
            people=[person],
            steps=[draft.step(item)],
            links=[("https://example.com", link)],
        )
    plan = draft.plan()

    columns = {each.name for each in plan.columns}
    same(BoardName, [plan.name] if plan.name else [])
    same(ColumnName, columns)
    same(LabelName, [label.name for label in plan.labels])
    same(PersonName, plan.people)
    for card in plan.cards:
        same(Title, [card.title])
        same(StepText, [step.text for step in card.steps])
        same(AttachmentTitle, [link.title for link in card.links])
        assert card.column in columns
        assert set(card.labels) <= {label.name for label in plan.labels}
        assert set(card.people) <= set(plan.people)


def same(kind: Any, names: Collection[str]) -> None:
    """Expect that a request with these names would be taken, and would change none of them."""
    assert TypeAdapter(list[kind]).validate_python(list(names)) == list(names)


def test_what_is_cut_or_called_by_another_name_is_noted() -> None:
    draft = Draft("b" * 101)
    long = "x" * 49 + " y"
    draft.card(
        "\u200b",
        column="\u3164",
        labels=[long],
        people=["p" * 101],
        steps=[draft.step("s" * 501)],
        links=[("https://example.com", "l" * 256)],
    )

    [card] = draft.plan().cards
    assert (card.title, card.column, card.labels) == ("Untitled", "To Do", ["x" * 49])
    assert notes(draft.plan()) == {
        ("untitled", "title", 1),
        *(("shortened", about, 1) for about in ("board", "label", "person", "step", "link")),
    }


def test_people_beyond_what_an_import_holds_are_noted() -> None:
    draft = Draft()
    for number in range(501):
        draft.card("Refund", column="Doing", people=[f"p{number}"])
    plan = draft.plan()
    assert (len(plan.people), plan.cards[-1].people) == (500, [])
    assert notes(plan) == {("too_many", "people", 1)}


def test_a_note_has_a_count_and_three_different_examples() -> None:
    draft = Draft()
    for number in range(8):
        draft.note("not_mapped", "Budget", str(number // 2))
    draft.card("Refund", column="Doing")
    [note] = draft.plan().notes
    assert (note.count, note.examples) == (8, ["0", "1", "2"])


def test_labels_that_a_board_takes_for_the_same_are_one() -> None:
    draft = Draft()
    named = [
        draft.label(name)
        for name in ("\u0130x", "ix", "ΣΑΣ", "\u03c3\u03b1\u03c3", "\u03c3\u03b1\u03c2")
    ]
    assert named == ["\u0130x", "\u0130x", "ΣΑΣ", "ΣΑΣ", "\u03c3\u03b1\u03c2"]


MARKS = "\u0301\u0323\u0f73\u0958\u0344"


texts = st.text() | st.lists(st.sampled_from([MARKS[0] * 29, *MARKS, "a", "\r", "\n", "\0"])).map(
    "".join
)


@given(texts)
def test_text_of_a_file_is_mended_so_that_it_may_be_stored(text: str) -> None:
    mended = tidy(text)
    assert clean_text(mended) == mended


def test_marks_without_end_are_cut_before_they_are_ordered() -> None:
    marks = "\u0323\u0301"
    assert tidy("a" + marks * 500_000 + "b") == normalize("NFC", "a" + marks * 15 + "b")
