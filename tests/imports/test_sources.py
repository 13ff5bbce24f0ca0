"""What files of other products come to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.rules import Category
from taskly.cards.models import Priority
from taskly.imports.sources.drafting import day, points, priority
from taskly.imports.sources.jira import read_jira
from taskly.imports.sources.plain_csv import read_csv
from taskly.imports.sources.plan import FileUnreadable
from taskly.imports.sources.tables import read_table
from taskly.imports.sources.trello import read_trello
from tests.imports.files import CSV, JIRA, notes, trello


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


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("2026-12-01T23:00:00Z", date(2026, 12, 1)),
        ("01.12.2026", date(2026, 12, 1)),
        ("1/Dec/26 12:00 AM", date(2026, 12, 1)),
        ("1 December 2026", date(2026, 12, 1)),
        ("31/12/2026", date(2026, 12, 31)),
        ("12/31/2026 23:59", date(2026, 12, 31)),
        ("5/5/2026", date(2026, 5, 5)),
        ("01/12/2026", None),
        ("31/02/2026", None),
        ("13/13/2026", None),
        ("0/31/2026", None),
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


def test_cells_that_no_card_takes_are_noted() -> None:
    table = b"Title,,Status,Status,Tags,Tags\nRefund,a,Doing,Done,x,y\nFees,,Doing,,,,too far\n,,Doing,,,\n"
    plan = read_csv(table, {})
    assert [card.title for card in plan.cards] == ["Refund", "Fees", "Untitled"]
    assert plan.cards[0].labels == ["x", "y"]
    assert notes(plan) == {
        ("not_mapped", "no header", 2),
        ("not_mapped", "Status", 1),
        ("untitled", "title", 1),
    }
    examples = {note.about: note.examples for note in plan.notes}
    assert examples["no header"] == ["line 2: a", "line 3: too far"]


def test_headers_that_can_not_be_seen_are_none() -> None:
    with pytest.raises(FileUnreadable, match=r"^The first line of the file has no names"):
        read_csv("\x01,\u200b\nRefund,Doing\n".encode(), {})


def test_a_quote_that_is_never_closed_is_refused_with_the_line() -> None:
    with pytest.raises(FileUnreadable, match=r"^Line 3 can't be read"):
        read_csv(b'Title\n"Refund\nFees', {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Title\n" + "Refund\n" * 10_001, "more than 10000 cards"),
        ("Title" + ",a" * 999 + "\n" + ("x," * 999 + "x\n") * 1001, "more than 1000000 cells"),
        ("x" * 60 + ",a,b,c,d,e,f,g,h,i,j\n1\n", "There are x{50}, a, b, c, d, e, f, g, h, i, …"),
    ],
)
def test_large_tables_are_refused_in_few_words(content: str, says: str) -> None:
    with pytest.raises(FileUnreadable, match=says) as refused:
        read_csv(content.encode(), {})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"lists": [], "cards": [' + b"0," * 90_000 + b"0]}", "cards.0: Input should be"),
        (b'{"lists": [' + b"{}," * 500_000 + b"{}]}", "more than 500000 parts"),
    ],
)
def test_large_boards_of_trello_are_refused_at_the_first_mistake(content: bytes, says: str) -> None:
    with pytest.raises(FileUnreadable, match=says):
        read_trello(content)


def test_a_board_of_trello_may_have_thousands_of_cards() -> None:
    cards = [{"id": str(number), "name": "Refund", "idList": "l1"} for number in range(3000)]
    assert read_trello(trello(cards=cards)).counts()["cards"] == 3000


def test_what_trello_has_and_cards_do_not_is_noted() -> None:
    lists = [{"id": each, "name": name} for each, name in (("a", "Doing"), ("b", "doing"))]
    labels = [{"id": each, "name": "bug"} for each in ("r", "g")]
    card = {
        "id": "k",
        "name": "Refund",
        "idList": "b",
        "dueComplete": True,
        "start": "2026-12-01T00:00:00.000Z",
        "attachments": [{"name": "Scan"}],
        "idChecklists": ["gone"],
        "idLabels": ["r", "g"],
        "customFieldItems": [{}],
    }
    plan = read_trello(trello(lists=lists, labels=labels, cards=[card], actions=[]))
    assert [each.name for each in plan.columns] == ["Doing"]
    assert plan.cards[0].labels == ["bug"]
    assert notes(plan) == {
        ("merged", "lists", 1),
        ("merged", "labels", 1),
        *(("not_mapped", about, 1) for about in ("custom fields", "dueComplete", "start")),
        *(("not_in_file", about, 1) for about in ("checklists", "attachments")),
    }


def test_what_a_file_of_trello_only_names_is_noted() -> None:
    item = {"name": "Ask", "due": "2026-12-01T11:00:00.000Z", "idMember": "m1"}
    card = {
        "id": "k",
        "name": "Refund",
        "desc": "Why?",
        "idList": "gone",
        "idChecklists": ["c"],
        "shortUrl": "https://trello.com/c/aB3",
    }
    plan = read_trello(
        trello(
            desc="All about money",
            checklists=[{"id": "c", "checkItems": [item, item]}],
            cards=[card],
        )
    )
    assert notes(plan) == {
        *(
            ("not_mapped", about, 1)
            for about in ("board description", "checkItems.due", "checkItems.idMember")
        ),
        ("not_in_file", "lists", 1),
        ("not_in_file", "cards", 2),
    }
    examples = {note.about: note.examples for note in plan.notes}
    assert examples["board description"] == ["All about money"]
    assert examples["cards"] == ["Earlier", "Later"]
    assert examples["lists"] == examples["checkItems.due"] == ["Refund"]
    [shown] = plan.cards
    assert (shown.column, shown.description) == (
        "To Do",
        "Why?\n\n_Was https://trello.com/c/aB3 in Trello._",
    )


def test_jira_itself_says_what_a_column_means() -> None:
    table = b"Summary,Status,Status Category\nRefund,Abgenommen,Done\nFees,Not done,\n"
    assert [each.category for each in read_jira(table).columns] == [Category.DONE, Category.TODO]
