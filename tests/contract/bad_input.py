"""Requests that are wrong in one way each, made from the OpenAPI document so that no operation is forgotten."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.contract.document import Json, Operation, resolve, validator

JSON_HEADERS = {"Content-Type": "application/json"}
MEBIBYTE = 1024 * 1024

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class BadRequest:
    """What is wrong, and the answers that say so."""

    name: str
    refusals: dict[int, str]
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: JSON_HEADERS)
    place: Path | None = None
    """Where the answer has to say that something is wrong."""


MALFORMED = {400: "malformed"}
INVALID = {422: "invalid"}
NOT_A_QUERY = {422: "query_invalid"}
TOO_LARGE = {413: "body_too_large"}
NOT_JSON = {415: "unsupported_media_type"}

NOT_ACCEPTABLE: dict[str, bytes] = {
    "nothing but blanks": b"  \n",
    "an unfinished object": b'{"name": ',
    "a word": b"nul",
    "two values": b"{} {}",
    "a comma too many": b'{"name": "x",}',
    "single quotes": b"{'name': 'x'}",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "1e400": b'{"name": 1e400}',
    "an integer of 400 digits": b'{"name": ' + b"9" * 400 + b"}",
    "an integer beyond 64 bits": b'{"name": 9223372036854775808}',
    "a negative integer beyond 64 bits": b'{"name": -9223372036854775809}',
    "an integer of 100000 digits": b'{"name": ' + b"9" * 100_000 + b"}",
    "a key twice": b'{"name": "x", "name": "y"}',
    "a key twice further in": b'{"name": [{"a": 1, "\\u0061": 2}]}',
    "invalid UTF-8": b'{"name": "\xff"}',
    "an overlong NUL": b'{"name": "\xc0\x80"}',
    "a surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a lone high surrogate": b'{"name": "\\ud800"}',
    "a lone low surrogate in a key": b'{"\\udc00": 1}',
    "a raw NUL": b'{"name": "\x00"}',
    "40 arrays within each other": b"[" * 40 + b"]" * 40,
    "40 objects within each other": b'{"name": ' * 40 + b"1" + b"}" * 40,
    "100000 arrays within each other": b"[" * 100_000 + b"]" * 100_000,
    "100000 arrays left open": b"[" * 100_000,
    "1001 items": b'{"name": [' + b"1," * 1000 + b"1]}",
    "201 keys": json.dumps({f"k{number}": 1 for number in range(201)}).encode(),
}
"""Bodies that are not JSON, or not JSON that Taskly takes."""

OTHER_TYPES = (
    "text/plain",
    "text/html; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/jsonp",
    "json",
    "",
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    7.25e300,
    2**53,
    2**63 - 1,
    -(2**63),
    "",
    "5",
    "true",
    "x",
    "nonsense" * 20_000,
    "nul\x00byte",
    "\x00",
    "two\nlines",
    "2026-02-30",
    "2026-11-23T09:00:00Z",
    "1700000000",
    "00000000-0000-0000-0000-00000000000g",
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    ["00000000-0000-4000-8000-000000000000"] * 501,
    {},
    {"x": 1},
)
"""Values of every kind. Each is tried wherever the schema of the place does not take it."""


def bad_bodies(operation: Operation, right: Json) -> Iterator[BadRequest]:
    """Everything wrong that can stand in the body of an operation; `right` is a right one."""
    schema = operation.body_schema
    if schema is None or not schema:
        return
    for name, content in NOT_ACCEPTABLE.items():
        yield BadRequest(f"a body that is {name}", MALFORMED, content)
    written = json.dumps(right).encode()
    padding = b" " * MEBIBYTE
    yield BadRequest("a body of more than 1 MiB", TOO_LARGE, written + padding)
    for declared in OTHER_TYPES:
        headers = {"Content-Type": declared} if declared else {}
        yield BadRequest(f"a body declared as {declared!r}", NOT_JSON, written, headers)
    yield from _bad_fields(operation, schema, right)


def _bad_fields(operation: Operation, schema: Json, right: Json) -> Iterator[BadRequest]:
    wholes: list[Any] = [[], [right], "x", "", 1, 1.5, True]
    if operation.definition["requestBody"].get("required"):
        wholes.append(None)
    for whole in wholes:
        yield _invalid(f"{whole!r} as the body", whole, ())
    yield _invalid("an unknown field", {**right, "nonsense": 1}, ("nonsense",))
    yield _invalid("a field that is ours to set", {**right, "id": "x"}, ("id",))
    for name in schema.get("required", []):
        without = {key: value for key, value in right.items() if key != name}
        yield _invalid(f"no {name}", without, (name,))
    for path, place in places(schema):
        takes = validator(place)
        for value in VALUES:
            if not takes.is_valid(value):
                shown = f"{repr(value)[:40]} as {path}"
                is_query = path == ("query",) and isinstance(value, str)
                bad = _invalid(shown, _merged(right, path, value), path)
                yield replace(bad, refusals=NOT_A_QUERY) if is_query else bad


def places(schema: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Every place of a body where a value may stand, with the schema of the place; 0 is any item."""
    for name, member in schema.get("properties", {}).items():
        yield (*path, name), member
        inner = resolve(member)
        if "items" in inner:
            yield (*path, name, 0), inner["items"]
            yield from places(resolve(inner["items"]), (*path, name, 0))
        yield from places(inner, (*path, name))


def _merged(right: Json, path: Path, value: Any) -> Json:
    return {**right, str(path[0]): _placed(path[1:], value)}


def _placed(path: Path, value: Any) -> Any:
    if not path:
        return value
    inner = _placed(path[1:], value)
    return [inner] if path[0] == 0 else {path[0]: inner}


def _invalid(name: str, body: Any, place: Path) -> BadRequest:
    return BadRequest(name, INVALID, json.dumps(body).encode(), place=("body", *place))


BAD_IDS = (
    "1",
    "x",
    "%00",
    "%ff",
    "null",
    "00000000-0000-4000-8000-00000000000",
    "00000000-0000-4000-8000-000000000000%00",
    "00000000-0000-4000-8000-000000000000%0a",
    "00000000-0000-4000-8000-000000000000x",
    "%F0%9F%92%A9",
    "%27%20OR%201=1%20--",
    "9" * 400,
)

BAD_KEYS = (
    "x",
    "PAY",
    "PAY-",
    "PAY-0",
    "PAY-x",
    "PAY-1%00",
    "PAY-1%0a",
    "-1",
    "PAY-1234567890",
    "P-1",
    "PAY--1",
    "%ff",
    "PAY-%D9%A1",
    "9" * 400,
)

BAD_VALUES = (
    "",
    "x",
    "-1",
    "0.5",
    "1e400",
    "NaN",
    "inf",
    "%00",
    "%ff",
    "9223372036854775808",
    "9" * 400,
    "9" * 1500,
    "[]",
    "null",
    "%0a",
    "%F0%9F%92%A9",
)


def bad_paths(operation: Operation) -> Iterator[tuple[str, str]]:
    """The name of each id in the path, with everything that it is not."""
    for parameter in operation.parameters("path"):
        name = parameter["name"]
        for value in BAD_KEYS if name == "card_key" else BAD_IDS:
            yield name, value


def bad_queries(operation: Operation) -> Iterator[tuple[str, str]]:
    """The name of each parameter of the query, with values that its schema does not take."""
    for parameter in operation.parameters("query"):
        name, schema = parameter["name"], parameter["schema"]
        kinds = {each.get("type") for each in schema.get("anyOf", [schema])}
        if name == "cursor":
            yield from ((name, value) for value in (*BAD_VALUES, "garbage", "AAAA", "e30"))
        elif kinds & {"integer", "number"}:
            kept = {"0.5"} if "number" in kinds else set()
            yield from ((name, value) for value in BAD_VALUES if value not in kept)
            yield from ((name, str(value)) for value in _beyond(schema))


def _beyond(schema: Json) -> Iterator[int]:
    if "minimum" in schema:
        yield int(schema["minimum"]) - 1
    if "maximum" in schema:
        yield int(schema["maximum"]) + 1
