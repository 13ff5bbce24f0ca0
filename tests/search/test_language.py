"""What queries mean, and what is said of those that mean nothing."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.drift import Drift
from taskly.search.grammar import LONGEST_QUERY
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.mistakes import Mistake, QueryMistakes
from taskly.search.rules.query import (
    EVERYTHING,
    Drifting,
    Every,
    Has,
    InSprint,
    Keyed,
    Mine,
    Named,
    Query,
    Some,
    Within,
    Without,
    Words,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OVERDUE = Every((Within("due", None, date(2026, 11, 22)), Without(Has("completed"))))


def read(text: str) -> Query:
    """What a query means on the day of the tests."""
    return read_query(text, Calendar(NOW))


def mistakes(text: str) -> list[Mistake]:
    """What is wrong with a query."""
    with pytest.raises(QueryMistakes) as caught:
        read(text)
    for mistake in caught.value.mistakes:
        assert text[mistake.start : mistake.end].startswith(mistake.word.rstrip("…"))
    return list(caught.value.mistakes)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", EVERYTHING),
        (" \t ", EVERYTHING),
        ("!! & - ->", EVERYTHING),
        ("refund ", Words("refund")),
        ("refun", Words("refun", is_beginning=True)),
        ("refun* x ", Every((Words("refun", is_beginning=True), Words("x")))),
        ("-refun", Without(Words("refun"))),
        ('"exact words"', Words("exact words")),
        ("pay-12 ", Some((Keyed("PAY", 12), Words("pay-12")))),
        ("assignee:me", Mine()),
        ('assignee:"me"', Named("assignee", ("me",))),
        ("assignee:none", Without(Has("assignee"))),
        ("label:bug,ui", Named("label", ("bug", "ui"))),
        ("label:bug,none", Some((Named("label", ("bug",)), Without(Has("label"))))),
        ('label:"two words"', Named("label", ("two words",))),
        ("label:kind:bug label:c++", Every((Named("label", ("kind:bug",)), Named("label", ("c++",))))),
        ("priority:>=high", Within("priority", 3, None)),
        ("priority:none", Within("priority", 0, 0)),
        ("points:>3", Within("points", 4, None)),
        ("points:2..5", Within("points", 2, 5)),
        ("points:..5", Within("points", None, 5)),
        ("due:<7d", Within("due", None, date(2026, 11, 29))),
        ("due:-3d", Within("due", date(2026, 11, 20), date(2026, 11, 20))),
        ("due:2026-12-01..2026-12-31", Within("due", date(2026, 12, 1), date(2026, 12, 31))),
        ("due:overdue", OVERDUE),
        ("is:overdue", OVERDUE),
        ("category:in-progress", Named("category", ("in_progress",))),
        ("sprint:current", InSprint("current", TODAY)),
        ("is:open", Without(Has("completed"))),
        ("is:drifting", Drifting(frozenset(Drift), NOW)),
        ("-drift:branch-gone", Without(Drifting(frozenset({Drift.BRANCH_GONE}), NOW))),
        ("drift:done_but_open,checks_failing", Some((
            Drifting(frozenset({Drift.DONE_BUT_OPEN}), NOW),
            Drifting(frozenset({Drift.CHECKS_FAILING}), NOW),
        ))),
        ("LABEL:Bug", Named("label", ("Bug",))),
        ("a b OR -c ", Some((Every((Words("a"), Words("b"))), Without(Words("c"))))),
        ("(a OR b) AND NOT c ", Every((Some((Words("a"), Words("b"))), Without(Words("c"))))),
        ("main() std::vector http://a.b/c 12:30 ", Every((
            Words("main()"), Words("std::vector"), Words("http://a.b/c"), Words("12:30"),
        ))),
        (", foo, ,bar ", Every((Words("foo,"), Words(",bar")))),
    ],
)  # fmt: skip
def test_a_query_means(text: str, meant: Query) -> None:
    assert read(text) == meant


def test_a_day_of_what_has_happened_is_all_its_hours() -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    last = midnight + timedelta(days=1, microseconds=-1)
    assert read("created:today") == Within("created", midnight, last)
    assert read("created:>-1d") == Within("created", midnight, None)
    assert read("updated:<=-1d") == Within("updated", None, midnight - timedelta(microseconds=1))


def test_a_range_that_time_has_emptied_is_still_understood() -> None:
    assert read("due:today..2026-11-01") == Within("due", TODAY, date(2026, 11, 1))
    assert read("points:3..3") == Within("points", 3, 3)


def test_days_begin_at_midnight_of_the_time_zone_that_is_handed_in() -> None:
    zone = timezone(timedelta(hours=12))
    late = Calendar(datetime(2026, 11, 23, 20, tzinfo=UTC), zone)
    assert read_query("due:today", late) == Within("due", date(2026, 11, 24), date(2026, 11, 24))
    begins = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert read_query("created:>=today", late) == Within("created", begins, None)
    at = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert read_query("created:>=2026-11-23T14:30", late) == Within("created", at, None)


@pytest.mark.parametrize(
    ("text", "kind", "place", "suggestion"),
    [
        ("foo asignee:me", "unknown_field", (4, 11), "assignee"),
        ("prio:high", "unknown_field", (0, 4), "priority"),
        ("qqq:x", "unknown_field", (0, 3), None),
        ("drift:merged", "wrong_value", (6, 12), "merged_not_done"),
        ("is:opne", "wrong_value", (3, 7), "open"),
        ("priority:hihg", "wrong_value", (9, 13), "high"),
        ("has:nothing", "wrong_value", (4, 11), None),
        ("points:x..3", "wrong_value", (7, 8), None),
        ("points:99999", "wrong_value", (7, 12), None),
        ("due:2026-02-30", "wrong_value", (4, 14), None),
        ("due:1700000000", "wrong_value", (4, 14), None),
        ("created:2026-11-23T25:00", "wrong_value", (8, 24), None),
        ("points:5..2", "backwards", (7, 11), "2..5"),
        ("label:x,y priority:High..low", "backwards", (19, 28), "low..High"),
        ("due:2026-12-31..2026-12-01", "backwards", (4, 26), "2026-12-01..2026-12-31"),
        ("due:7d..tomorrow", "backwards", (4, 16), "tomorrow..7d"),
        ("is:>open", "not_ordered", (3, 8), None),
        ("created:<7d", "lies_ahead", (9, 11), "-7d"),
        ("created:tomorrow", "lies_ahead", (8, 16), None),
        ("due:<7", "wrong_value", (5, 6), "7d"),
        ("updated:7", "wrong_value", (8, 9), "-7d"),
        ("label:>bug", "not_ordered", (6, 10), None),
        ("label:a..b", "not_ordered", (6, 10), None),
        ("a label: bug", "value_missing", (2, 8), None),
        ("label:bug,", "value_missing", (9, 10), None),
        ("label:bug, ui", "value_missing", (9, 10), None),
        ("a OR", "ends_early", (2, 4), None),
        ("a (", "ends_early", (2, 3), None),
        ("x (a", "parenthesis_open", (2, 3), None),
        ("a) b", "parenthesis_unopened", (1, 2), None),
        ("a () b", "empty", (3, 4), None),
        ('a "b c', "quote_open", (2, 4), None),
        ("due:..", "unexpected", (4, 6), None),
        ("((((((((((((a", "too_much", (10, 13), None),
        (" ".join("a" * 51), "too_much", (100, 101), None),
        ("a" * (LONGEST_QUERY + 1), "too_much", (LONGEST_QUERY, LONGEST_QUERY + 1), None),
    ],
)
def test_a_mistake_points_at_its_word(
    text: str, kind: str, place: tuple[int, int], suggestion: str | None
) -> None:
    mistake = mistakes(text)[0]
    found = (mistake.kind, (mistake.start, mistake.end), mistake.suggestion)
    assert found == (kind, place, suggestion)


def test_all_wrong_words_are_told_at_once() -> None:
    assert [mistake.word for mistake in mistakes("is:opne foo:bar points:x")] == [
        "opne",
        "foo",
        "x",
    ]


def test_a_mistake_says_what_was_expected() -> None:
    assert mistakes("category:doing")[0].expected == ("todo", "in_progress", "done")
    assert mistakes("(a")[0].expected == (")",)


def assert_understood_or_refused(text: str) -> None:
    """There is a meaning, or a mistake with its place; never anything else."""
    try:
        read(text)
    except QueryMistakes as error:
        for mistake in error.mistakes:
            assert 0 <= mistake.start < mistake.end <= len(text)
            assert mistake.message


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_its_place(text: str) -> None:
    assert_understood_or_refused(text)


signs = st.sampled_from(
    ["(", ")", '"', "-", ",", "..", ":", ">", "OR", " ", "label:", "due:", "is:", "a", "7d", "*"]
)


@given(st.lists(signs, max_size=30).map("".join))
def test_any_signs_are_understood_or_refused_with_their_place(text: str) -> None:
    assert_understood_or_refused(text)
