"""Cursors by example: what they hold, and what is refused."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from asyncpg.pgproto import pgproto

from taskly.kit.cursors import (
    MAXIMUM_CURSOR_LENGTH,
    InvalidCursor,
    Value,
    decode_cursor,
    encode_cursor,
)

CARD = UUID("019aaaaa-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 23, 12, 0, 0, 1, tzinfo=UTC)


def as_cursor(plain: object) -> str:
    """What somebody writes who knows how cursors are made."""
    raw = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refusal(cursor: str, kinds: tuple[Any, ...] = (int,), purpose: str = "cards") -> str:
    with pytest.raises(InvalidCursor) as refused:
        decode_cursor(cursor, purpose, kinds)
    return str(refused.value)


def test_a_cursor_is_a_text_that_may_stand_in_an_address() -> None:
    cursor = encode_cursor([NOON, CARD], "cards")
    assert cursor == as_cursor(["cards", "2026-11-23T12:00:00.000001+00:00", str(CARD)])
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_values_come_back_as_what_they_were() -> None:
    cursor = encode_cursor([NOON, CARD, -7, "V1", None], "cards")
    assert decode_cursor(cursor, "cards", (datetime, UUID, int, str, int | None)) == (
        NOON,
        CARD,
        -7,
        "V1",
        None,
    )


def test_the_database_drivers_ids_come_back_as_plain_ones() -> None:
    (found,) = decode_cursor(encode_cursor([pgproto.UUID(str(CARD))], "cards"), "cards", (UUID,))
    assert found == CARD
    assert type(found) is UUID


def test_times_come_back_in_utc() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-8)))
    (found,) = decode_cursor(encode_cursor([elsewhere], "cards"), "cards", (datetime,))
    assert found == NOON
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (1.5, "a float can't stand in a cursor"),
        (True, "a bool can't stand in a cursor"),
        (b"x", "a bytes can't stand in a cursor"),
        (NOON.replace(tzinfo=None), "a time in a cursor needs a time zone"),
        (2**63, "an integer in a cursor has at most 64 bits"),
        (-(2**63) - 1, "an integer in a cursor has at most 64 bits"),
        ("a\0", "text in a cursor can't hold NUL"),
        ("x" * 400, f"the cursor would be longer than {MAXIMUM_CURSOR_LENGTH} characters"),
    ],
)
def test_what_can_not_stand_in_a_cursor_is_refused(value: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{complaint}$"):
        encode_cursor([value], "cards")


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = encode_cursor([1], "cards")
    assert refusal(cursor, purpose="boards") == "it was made for another list"
    assert decode_cursor(cursor, "cards", (int,)) == (1,)


def test_the_longest_cursor_is_taken_and_a_longer_text_is_refused() -> None:
    longest = encode_cursor(["x" * 372], "cards")
    assert len(longest) == MAXIMUM_CURSOR_LENGTH
    assert decode_cursor(longest, "cards", (str,)) == ("x" * 372,)
    assert refusal("A" * (MAXIMUM_CURSOR_LENGTH + 1)) == "it is too long"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "A",
        "!!!!",
        "é",
        "\ud800",
        "\0",
        as_cursor(["cards", 1]) + "=",
        as_cursor(["cards", 1]) + "\n",
        " " + as_cursor(["cards", 1]),
        as_cursor(["cards", 1])[:-1],
        as_cursor(["cards", 1])[:-1] + "1",
        as_cursor({"cards": 1}),
        as_cursor([]),
        as_cursor("cards"),
        base64.urlsafe_b64encode(b'["cards", 1]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b'["cards",01]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b'["cards",-0]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b'["cards",NaN]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b'["c\\u0061rds",1]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b'["cards",1\xff]').rstrip(b"=").decode(),
        base64.urlsafe_b64encode(b"[" * 380).rstrip(b"=").decode(),
    ],
)
def test_a_cursor_that_we_would_not_write_is_refused(cursor: str) -> None:
    assert refusal(cursor) == "it is damaged"


@pytest.mark.parametrize(
    ("values", "kinds"),
    [([1], (int, int)), ([1, 2], (int,)), ([], (int,)), ([1], ())],
)
def test_another_number_of_values_is_refused(values: list[Value], kinds: tuple[Any, ...]) -> None:
    assert refusal(encode_cursor(values, "cards"), kinds) == "it has another number of values"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1", int),
        (1, str),
        (None, int),
        (None, UUID),
        (1, UUID),
        (1, datetime),
        (None, datetime),
        (1.0, int),
        (True, int),
        ([], str),
        ({}, int),
        (2**64, int),
    ],
)
def test_a_value_of_another_kind_is_refused(value: object, kind: Any) -> None:
    assert refusal(as_cursor(["cards", value]), (kind,)) == "it holds values of another kind"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("x", UUID),
        (str(CARD).upper(), UUID),
        (CARD.hex, UUID),
        ("{" + str(CARD) + "}", UUID),
        ("yesterday", datetime),
        ("2026-11-23T12:00:00", datetime),
        ("2026-11-23T12:00:00Z", datetime),
        ("2026-11-23T13:00:00+01:00", datetime),
        ("2026-11-23", datetime),
        ("0001-01-01T00:00:00+01:00", datetime),
        (2**63, int),
        ("a\0", str),
    ],
)
def test_a_value_in_another_form_is_refused(value: object, kind: Any) -> None:
    assert refusal(as_cursor(["cards", value]), (kind,)) == "it is damaged"
