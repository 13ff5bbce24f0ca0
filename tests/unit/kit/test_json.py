"""JSON is strict where it comes in and fast where it goes out."""

import json
import math
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from asyncpg.pgproto import pgproto
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.json import REQUEST_LIMITS, JsonLimits, MalformedJson, dumps, loads, loads_strict

CARD = "019aaaaa-0000-7000-8000-000000000001"

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


def refusal(raw: bytes, limits: JsonLimits = REQUEST_LIMITS) -> str:
    with pytest.raises(MalformedJson) as refused:
        loads_strict(raw, limits)
    return str(refused.value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"null", None),
        (b" [true, false] \r\n", [True, False]),
        (b'{"a": {"b": []}, "b": {}}', {"a": {"b": []}, "b": {}}),
        (b"9223372036854775807", 2**63 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"1e308", 1e308),
        (b"1E5", 100000.0),
        (b"-0.0", -0.0),
        (b'"\\ud83d\\ude80 \\u00e9 \xc3\xa9"', "🚀 é é"),
        (b'"\\u0000"', "\0"),
        (b'{"":1}', {"": 1}),
    ],
)
def test_json_is_read(raw: bytes, value: Any) -> None:
    found = loads_strict(raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b'{"a": NaN}', "unexpected character, expected a JSON value at line 1, column 7"),
        (b"[Infinity]", "unexpected character, expected a JSON value at line 1, column 2"),
        (b"[-Infinity]", "no digit after sign at line 1, column 3"),
        (b"[\n1e400]", "number is infinity when parsed as double at line 2, column 1"),
        (b"1" * 5_000, "number is infinity when parsed as double at line 1, column 1"),
        (b'["\\ud800"]', "no low surrogate in string at line 1, column 3"),
        (b'{"a":1} x', "unexpected content after document at line 1, column 9"),
        (b"[1,]", "trailing comma is not allowed at line 1, column 3"),
        (b'{"a":9223372036854775808}', "an integer has more than 64 bits at $.a"),
        (b'{"a":[1,-9223372036854775809]}', "an integer has more than 64 bits at $.a[1]"),
        (b"100000000000000000000", "an integer has more than 64 bits at $"),
        (b'{"a":1,"a":1}', "a key stands twice at $.a"),
        (b'[{"a":{"b":1,"c":2,"b":3}}]', "a key stands twice at $[0].a.b"),
        (b'{"a":1,"\\u0061":2}', "a key stands twice at $.a"),
        (b'{"a b":1,"a b":2}', 'a key stands twice at $["a b"]'),
    ],
)
def test_what_is_not_json_that_we_take_is_refused_with_its_place(
    raw: bytes, complaint: str
) -> None:
    assert refusal(raw) == complaint


@pytest.mark.parametrize(
    "raw",
    [
        *(
            b'"\xff"',
            b'"\xed\xa0\x80"',
            b'"\xc0\x80"',
            b"\xef\xbb\xbf1",
            b"'a'",
            b"{a:1}",
            b"01",
            b"+1",
        ),
        *(
            b"1.",
            b".5",
            b"0x1",
            b'"\n"',
            b"[1 2]",
            b'{"a"}',
            b"[",
            b'"',
            b"nul",
            b"// x\n1",
            b"1\0",
        ),
    ],
)
def test_what_is_not_json_at_all_is_refused(raw: bytes) -> None:
    assert " at line 1, column " in refusal(raw)


def test_nesting_ends_at_the_limit() -> None:
    assert loads_strict(b"[" * 32 + b"]" * 32) is not None
    complaint = "there are more than 32 arrays and objects within each other at $" + "[0]" * 32
    assert refusal(b"[" * 33 + b"]" * 33) == complaint
    objects = b'{"a":' * 32 + b"[]" + b"}" * 32
    assert refusal(objects) == complaint.replace("[0]", ".a")


@pytest.mark.parametrize("depth", [900, 1_024, 1_025, 100_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    complaint = refusal(b"[" * depth + b"]" * depth)
    assert complaint.startswith(
        ("there are more than 32 arrays and objects within each other", "depth limit exceeded")
    )


def test_arrays_and_objects_end_at_the_limit() -> None:
    assert loads_strict(dumps([0] * 1_000)) == [0] * 1_000
    assert refusal(dumps({"cards": [0] * 1_001})) == "an array has more than 1000 items at $.cards"
    keys = {str(n): n for n in range(200)}
    assert loads_strict(dumps(keys)) == keys
    assert refusal(dumps([keys | {"x": 1}])) == "an object has more than 200 keys at $[0]"


def test_limits_can_be_chosen() -> None:
    limits = JsonLimits(depth=2, items=2, keys=1)
    assert loads_strict(b'[{"a":1},2]', limits) == [{"a": 1}, 2]
    assert refusal(b"[1,2,3]", limits) == "an array has more than 2 items at $"
    assert refusal(b'{"a":1,"b":2}', limits) == "an object has more than 1 keys at $"
    assert refusal(b'{"a":[{}]}', limits) == (
        "there are more than 2 arrays and objects within each other at $.a[0]"
    )


def test_a_refusal_shows_no_value_and_little_of_a_long_key() -> None:
    secret = "s" * 100
    raw = f'{{"token": "{secret}", "{"k" * 1000}": [1{"0" * 30}], "x": "\\ud800"}}'.encode()
    assert secret not in refusal(raw)
    raw = raw.replace(b', "x": "\\ud800"', b"")
    assert refusal(raw) == f"an integer has more than 64 bits at $.{'k' * 40}[0]"


@given(values)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert loads_strict(dumps(value)) == value
    assert loads(dumps(value)) == value


@given(st.binary(max_size=40) | st.text('[]{}",:\\u0123 -eE.ntf', max_size=40).map(str.encode))
def test_whatever_is_taken_is_json(raw: bytes) -> None:
    try:
        value = loads_strict(raw)
    except MalformedJson:
        return
    assert value == json.loads(raw, parse_constant=pytest.fail)
    assert not isinstance(value, float) or math.isfinite(value)


def test_what_we_write_is_compact_and_exact() -> None:
    written = dumps(
        {
            "id": UUID(CARD),
            "driver_id": pgproto.UUID(CARD),
            "at": datetime(2026, 11, 23, 12, 0, 0, 5, tzinfo=UTC),
            "on": date(2026, 11, 23),
            "text": "é \0",
        }
    )
    assert written.decode() == (
        f'{{"id":"{CARD}","driver_id":"{CARD}","at":"2026-11-23T12:00:00.000005Z",'
        '"on":"2026-11-23","text":"é \\u0000"}'
    )


@pytest.mark.parametrize("value", [b"bytes", {1: 2}, {1, 2}, object(), 2**64, "\ud800"])
def test_what_has_no_form_in_json_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        dumps([value])


def test_our_own_json_is_read_from_text_and_bytes() -> None:
    assert loads('{"a":[1,2.5]}') == loads(b'{"a":[1,2.5]}') == {"a": [1, 2.5]}
    with pytest.raises(ValueError, match="unexpected end of data"):
        loads("{")
