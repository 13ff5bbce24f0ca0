"""Generated queries, as text: every field, every sign, and words."""

from datetime import UTC, datetime, time

from hypothesis import strategies as st

from taskly.search.rules.calendar import Calendar
from taskly.search.rules.fields import FIELDS, Field, Takes
from taskly.search.rules.query import PRIORITIES
from tests.search.deck import BOARDS, COLUMNS, LABELS, SPRINTS, WORDS, day

NAMES = {
    "assignee": ("alice", "BOB", "carol"),
    "board": tuple(each for key, name, _ in BOARDS for each in (key, name.upper())),
    "column": tuple(name.lower() for name, _ in COLUMNS),
    "label": LABELS,
    "sprint": tuple(name for name, *_ in SPRINTS),
}

CALENDAR = Calendar(datetime.combine(day(0), time(), UTC))

numbers = st.integers(0, 7).map(str)
levels = st.sampled_from(PRIORITIES)
near_days = st.sampled_from(["today", "tomorrow", "yesterday", "7d", "-3d", "1w", "+2d"]) | (
    st.integers(-9, 12).map(lambda count: day(count).isoformat())
)
past_days = st.sampled_from(["today", "yesterday", "-3d", "-2w", "0d"]) | (
    st.integers(-30, 0).map(lambda count: day(count).isoformat())
)
past_times = past_days | st.sampled_from(["2026-11-20T08:00Z", "2026-11-22T23:30:00+02:00"])


def quoted(name: str) -> str:
    """The name in quotes."""
    return f'"{name}"'


def size(bound: str) -> int | float:
    """Where a bound stands among others of its field."""
    if bound in PRIORITIES:
        return PRIORITIES.index(bound)
    if bound.isdigit():
        return int(bound)
    span = CALENDAR.span(bound)
    assert span is not None
    return span.first.timestamp()


def values_of(field: Field) -> st.SearchStrategy[str]:
    """What may stand behind the field; what looks back is given only days that do."""
    choices = [st.sampled_from(sorted(field.keywords))] if field.keywords else []
    if field.takes is Takes.NAMES:
        choices.append(st.sampled_from(NAMES[field.name]).map(quoted))
    if field.ranges is not None:
        bounds = {Takes.NUMBERS: numbers, Takes.LEVELS: levels, Takes.DAYS: near_days}.get(
            field.takes, past_times
        )
        sign = st.sampled_from(["", "<", "<=", ">", ">="])
        choices += [
            st.tuples(sign, bounds).map("".join),
            st.tuples(bounds, bounds).map(lambda pair: "..".join(sorted(pair, key=size))),
            bounds.map(lambda bound: f"{bound}.."),
            bounds.map(lambda bound: f"..{bound}"),
        ]
    return st.one_of(choices)


def filters_of(field: Field) -> st.SearchStrategy[str]:
    """A filter by this field, with up to three values."""
    lists = st.lists(values_of(field), min_size=1, max_size=3)
    return lists.map(lambda values: f"{field.name}:{','.join(values)}")


filters = st.one_of([filters_of(field) for field in FIELDS.values()])
words = st.sampled_from(WORDS)
terms = st.one_of(
    filters,
    filters,
    words,
    words.map(str.upper),
    words.map(lambda word: f"{word[:2]}*"),
    st.lists(words, min_size=1, max_size=2).map(" ".join).map(quoted),
    st.tuples(st.sampled_from(["PAY", "mob", "X1"]), st.integers(1, 7)).map(
        lambda key: f"{key[0]}-{key[1]}"
    ),
    st.sampled_from(["!!", "-", "&|", "'", "<b>", "--"]),
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"-({part})"),
    ),
    max_leaves=5,
)
"""Whole queries."""
