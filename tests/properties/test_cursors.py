"""Cursors come back as they were, and nothing else is taken for one."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taskly.kit.cursors import InvalidCursor, Value, decode_cursor, encode_cursor

purposes = st.text(st.characters(codec="utf-8"), max_size=20)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
kinds_and_values = st.one_of(
    st.tuples(st.just(int), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(str), texts),
    st.tuples(st.just(UUID), st.uuids()),
    st.tuples(st.just(datetime), st.datetimes(timezones=st.just(UTC))),
    st.tuples(st.sampled_from([int | None, str | None, UUID | None, datetime | None]), st.none()),
)
places = st.lists(kinds_and_values, max_size=3)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def split(place: list[tuple[Any, Value]]) -> tuple[list[Any], list[Value]]:
    return [kind for kind, _ in place], [value for _, value in place]


@given(places, purposes)
def test_the_values_of_a_cursor_come_back(place: list[tuple[Any, Value]], purpose: str) -> None:
    kinds, values = split(place)
    assert decode_cursor(encode_cursor(values, purpose), purpose, kinds) == tuple(values)


@given(places, purposes, purposes)
def test_a_cursor_is_good_for_its_purpose_alone(
    place: list[tuple[Any, Value]], purpose: str, other: str
) -> None:
    kinds, values = split(place)
    cursor = encode_cursor(values, purpose)
    if other == purpose:
        assert decode_cursor(cursor, other, kinds) == tuple(values)
    else:
        with pytest.raises(InvalidCursor, match=r"^it was made for another list$"):
            decode_cursor(cursor, other, kinds)


@given(places, purposes, st.integers(0), st.sampled_from(LETTERS))
def test_a_changed_cursor_is_refused_or_another_place(
    place: list[tuple[Any, Value]], purpose: str, where: int, letter: str
) -> None:
    kinds, values = split(place)
    cursor = encode_cursor(values, purpose)
    where %= len(cursor)
    changed = cursor[:where] + letter + cursor[where + 1 :]
    try:
        found = decode_cursor(changed, purpose, kinds)
    except InvalidCursor:
        assert changed != cursor
    else:
        assert (found == tuple(values)) == (changed == cursor)


@given(
    st.text(max_size=600) | st.text(LETTERS, max_size=600),
    st.lists(st.sampled_from([int, str, UUID, datetime, int | None]), max_size=3),
)
@example("W10", [])
def test_any_other_text_is_refused_in_the_same_way(text: str, kinds: list[Any]) -> None:
    try:
        values = decode_cursor(text, "cards", kinds)
    except InvalidCursor:
        return
    assert encode_cursor(values, "cards") == text
