"""What files of other products come to."""

import json
from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.rules import Category
from taskly.cards.models import Priority
from taskly.imports.sources.drafting import Draft, day, points, priority, step, tidy
from taskly.imports.sources.jira import read_jira
from taskly.imports.sources.plain_csv import read_csv
from taskly.imports.sources.plan import FileUnreadable, Plan
from taskly.imports.sources.tables import read_table
from taskly.imports.sources.trello import read_trello
from taskly.kit.text import clean_text
from tests.imports.files import CSV, JIRA, trello


def notes(plan: Plan) -> set[tuple[str, str, int]]:
    """What does not come over, and of how many cards."""
    return {(note.kind, note.about, note.count) for note in plan.notes}


def test_any_table_with_titles_is_understood() -> None:
    plan = read_csv(CSV.encode(), {})

    first, second, third = plan.cards
    assert (first.title, first.column, first.labels) == ("Refund twice", "Doing", ["bug", "bank"])
    assert (first.people, first.due_date) == (["alice"], date(2026, 12, 1))
    assert (first.story_points, first.priority) == (3, Priority.HIGH)
    assert first.description == "First line\nsecond line"
    assert (second.column, second.due_date) == ("Backlog", date(2026, 12, 1))
    assert (third.due_date, third.story_points, third.priority) == (None, None, Priority.NONE)
    assert [(each.name, each.category) for each in plan.columns] == [
        ("Doing", Category.IN_PROGRESS),
        ("Backlog", Category.TODO),
        ("Done", Category.DONE),
    ]
    assert [label.name for label in plan.labels] == ["bug", "bank"]
    assert plan.people == ["alice", "Bob Builder"]
    assert notes(plan) == {
        ("not_mapped", "Budget", 2),
        ("not_understood", "due_date", 1),
        ("not_understood", "story_points", 1),
        ("not_understood", "priority", 1),
    }


def test_columns_of_a_table_are_named_where_they_can_not_be_guessed() -> None:
    table = b"What;Where\nRefund;Bank\n"
    with pytest.raises(FileUnreadable, match="No column has the titles"):
        read_csv(table, {})
    [card] = read_csv(table, {"title": "What", "column": "Where"}).cards
    assert (card.title, card.column) == ("Refund", "Bank")
    with pytest.raises(FileUnreadable, match="no column 'Who'; it has What, Where"):
        read_csv(table, {"title": "Who"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_are_read_as_they_are_really_written(encoding: str, separator: str) -> None:
    text = f'Title{separator}Notes\r\n"Größe ""A"""{separator}"a{separator}b\r\nc"\r\n'
    [row] = read_table(text.encode(encoding)).rows
    assert row.cells == {"Title": ['Größe "A"'], "Notes": [f"a{separator}b\r\nc"]}


def test_an_export_of_jira_is_understood() -> None:
    plan = read_jira(JIRA.encode())

    first, second = plan.cards
    assert (first.title, first.column) == ("Refund twice", "In Progress")
    assert first.labels == ["bank", "money", "bug", "Sprint: Sprint 4"]
    assert (first.story_points, first.priority) == (5, Priority.URGENT)
    assert (first.due_date, first.people) == (date(2026, 12, 1), ["alice"])
    assert first.description == "h1. Why\n\n_Was PAY-7 in Jira._"
    assert [(each.title, each.url) for each in first.links] == [
        ("a;b.pdf", "https://jira.example.com/9")
    ]
    assert [comment.body for comment in first.comments] == [
        "**bob** wrote on 01/Nov/26 9:00 AM:\n\nDoes the bank answer; or not?",
        "**alice** wrote on 02/Nov/26 9:00 AM:\n\nYes",
    ]
    assert (second.labels, second.people, second.comments) == (["story"], [], [])
    assert notes(plan) == {("as_label", "Sprint", 1), ("not_mapped", "Reporter", 2)}


def test_a_board_of_trello_is_understood() -> None:
    plan = read_trello(trello())

    assert plan.name == "Payments"
    assert [each.name for each in plan.columns] == ["To Do", "Done", "Gone"]
    assert [(label.name, label.color) for label in plan.labels] == [
        ("bug", "#eb5a46"),
        ("green", "#61bd4f"),
    ]
    first, second, third, fourth = plan.cards
    assert (first.title, second.title) == ("Refund twice", "Show fees")
    assert (first.description, first.due_date) == ("Why?", date(2026, 12, 1))
    assert (first.labels, first.people) == (["bug", "green"], ["alice"])
    assert [(each.text, each.done) for each in first.steps] == [("first", True), ("second", False)]
    assert [each.title for each in first.links] == ["Contract"]
    assert [comment.body for comment in first.comments] == [
        "**alice** wrote on 2026-11-01:\n\nEarlier",
        "**mona** wrote on 2026-11-02:\n\nLater",
    ]
    assert (third.title, third.archived) == ("Away", True)
    assert (fourth.title, fourth.column, fourth.archived) == (
        "In a list that is gone",
        "Gone",
        True,
    )
    assert notes(plan) == {("not_understood", "links", 1), ("not_in_file", "comments", 1)}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "no board of Trello"),
        (b'{"lists": [], "cards": [{"id": "1"}]}', "cards.0.idList"),
        (b'{"lists": [], "cards": []}', "no cards"),
    ],
)
def test_what_is_no_board_of_trello_is_said(content: bytes, says: str) -> None:
    with pytest.raises(FileUnreadable, match=says):
        read_trello(content)


def test_labels_that_a_board_takes_for_the_same_are_one() -> None:
    draft = Draft()
    named = [
        draft.label(name)
        for name in ("\u0130x", "ix", "ΣΑΣ", "\u03c3\u03b1\u03c3", "\u03c3\u03b1\u03c2")
    ]
    assert named == ["\u0130x", "\u0130x", "ΣΑΣ", "ΣΑΣ", "\u03c3\u03b1\u03c2"]


def test_what_does_not_fit_is_kept_elsewhere() -> None:
    draft = Draft()
    steps = [step(f"step {number}") for number in range(102)]
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
    assert notes(draft.plan()) == {("shortened", "title", 1), ("continued", "description", 1)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("2026-12-01T23:00:00Z", date(2026, 12, 1)),
        ("01.12.2026", date(2026, 12, 1)),
        ("1/Dec/26 12:00 AM", date(2026, 12, 1)),
        ("1 December 2026", date(2026, 12, 1)),
        ("01/12/2026", None),
        ("31.02.2026", None),
        ("tomorrow", None),
        ("0001-01-01", None),
    ],
)
def test_days_are_read_where_they_can_be_only_one(written: str, meant: date | None) -> None:
    assert day(written) == meant


def test_words_for_priorities_and_numbers_for_points() -> None:
    assert [priority(word) for word in ("Highest", " LOW ", "", "P1")] == [
        Priority.URGENT,
        Priority.LOW,
        Priority.NONE,
        None,
    ]
    assert [points(word) for word in ("5.0", "0", "2.5", "100", "nan", "x")] == [
        5,
        0,
        None,
        None,
        None,
        None,
    ]


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_no_file_does_worse_than_being_refused(content: bytes) -> None:
    for read in (read_jira, read_trello, lambda file: read_csv(file, {})):
        try:
            plan = read(content)
        except FileUnreadable:
            continue
        assert plan.cards


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


cells = st.text(max_size=30)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_table_of_anything_becomes_cards_that_can_be_stored(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    content = "\n".join(["Title,Status,Labels", *quoted]).encode("utf-8", "surrogatepass")
    try:
        plan = read_csv(content, {})
    except FileUnreadable as refusal:
        assert "no cards" in str(refusal)  # noqa: PT017 - it is no failure
        return
    names = {column.name for column in plan.columns}
    for card in plan.cards:
        assert card.column in names
        assert 1 <= len(card.title) <= 255
        assert card.title == " ".join(card.title.split())
        assert set(card.labels) <= {label.name for label in plan.labels}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "pos", "idList", "url"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["lists", "cards", "labels", "members", "checklists", "actions", "name"]),
        json_values,
    )
)
def test_no_board_does_worse_than_being_refused(changes: dict[str, object]) -> None:
    try:
        assert read_trello(trello(**changes)).cards
    except FileUnreadable as refusal:
        assert str(refusal)  # noqa: PT017 - it is no failure
    assert json.loads(trello())
