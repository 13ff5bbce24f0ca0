"""JSON: strict where it comes in, fast where it goes out.

What comes in is read twice. orjson refuses what is not JSON (RFC 8259) or not Unicode: NaN, Infinity, numbers
like 1e400, lone surrogates, invalid UTF-8; and says where. The standard library then gives integers
as they stand (orjson makes floats of the long ones) and shows keys that stand twice. Both together take less
than a millisecond for 100 KB.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_SHOWN_KEY_CHARACTERS = 40

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class MalformedJson(ValueError):
    """The text is not JSON that we take; the message is a clause that says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """How large JSON may be. The defaults are those of request bodies."""

    depth: int = 32
    """Arrays and objects within each other."""
    items: int = 1000
    """Items of one array."""
    keys: int = 200
    """Keys of one object."""


REQUEST_LIMITS = JsonLimits()


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8; UUIDs, dates and times as text, times in UTC with `Z`.

    Raises:
        TypeError: something has no form in JSON, or is an integer beyond 64 bits or text that is not Unicode.
    """
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def loads(raw: str | bytes) -> Any:
    """JSON that we wrote ourselves.

    Raises:
        ValueError: it is not JSON.
    """
    return orjson.loads(raw)


def loads_strict(raw: bytes, limits: JsonLimits = REQUEST_LIMITS) -> Any:
    """JSON from outside: a `JsonValue` with integers of 64 bits, finite floats and text that is Unicode.

    Raises:
        MalformedJson: it is not JSON, or holds a key twice in one object or an integer beyond 64 bits, or
            is larger than the limits. The message shows no value, and keys only in the path.
    """
    _check_grammar(raw)
    try:
        value = _DECODER.decode(raw.decode())
        _check(value, limits, limits.depth)
    except _Refused as refused:
        raise MalformedJson(f"{refused.reason} at {_written(refused.path)}") from None
    except RecursionError:
        raise MalformedJson(f"{_too_deep(limits)} somewhere") from None
    return value


class _Refused(Exception):
    """A value is not taken. The path grows from the inside out while this rises."""

    def __init__(self, reason: str, *path: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = list(path)


class _Ambiguous(dict[str, Any]):
    """An object in which a key stands twice."""

    repeated = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    ambiguous = _Ambiguous(found)
    counts = Counter(key for key, _ in pairs)
    ambiguous.repeated = next(key for key in counts if counts[key] > 1)
    return ambiguous


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def _check_grammar(raw: bytes) -> None:
    if not raw.strip():
        raise MalformedJson("it is empty")
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedJson(f"{error.msg.split(':')[0]} at {place}") from None


def _check(value: Any, limits: JsonLimits, depth: int) -> None:
    """Refuse what is too large; `depth` is how many more levels there may be."""
    if isinstance(value, dict):
        _check_children(_members(value, limits, depth), limits, depth - 1)
    elif isinstance(value, list):
        _check_children(_items(value, limits, depth), limits, depth - 1)
    elif isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        raise _Refused("an integer has more than 64 bits")


def _members(value: dict[str, Any], limits: JsonLimits, depth: int) -> Iterable[tuple[str, Any]]:
    if isinstance(value, _Ambiguous):
        raise _Refused("a key stands twice", value.repeated)
    if len(value) > limits.keys:
        raise _Refused(f"an object has more than {limits.keys} keys")
    if depth <= 0:
        raise _Refused(_too_deep(limits))
    return value.items()


def _items(value: list[Any], limits: JsonLimits, depth: int) -> Iterable[tuple[int, Any]]:
    if len(value) > limits.items:
        raise _Refused(f"an array has more than {limits.items} items")
    if depth <= 0:
        raise _Refused(_too_deep(limits))
    return enumerate(value)


def _check_children(
    children: Iterable[tuple[str | int, Any]], limits: JsonLimits, depth: int
) -> None:
    for place, child in children:
        if type(child) is str:
            continue
        try:
            _check(child, limits, depth)
        except _Refused as refused:
            refused.path.append(place)
            raise


def _too_deep(limits: JsonLimits) -> str:
    return f"there are more than {limits.depth} arrays and objects within each other"


def _written(path: list[str | int]) -> str:
    """A path from the inside out, as `$.cards[3].title`."""
    steps = ["$"]
    for place in reversed(path):
        if isinstance(place, int):
            steps.append(f"[{place}]")
        elif place.isidentifier() and place.isascii():
            steps.append(f".{place[:_SHOWN_KEY_CHARACTERS]}")
        else:
            steps.append(f"[{json.dumps(place[:_SHOWN_KEY_CHARACTERS])}]")
    return "".join(steps)


def _plain(value: Any) -> Any:
    # The database driver's UUIDs are a subclass, which orjson does not take.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
