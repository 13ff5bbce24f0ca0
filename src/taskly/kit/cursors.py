"""Cursors: where a list goes on, given to clients as an opaque text.

A cursor holds the key of the last thing that was shown, and the purpose that it was made for: the name of
the list, with whatever changes its order. It is not signed: it holds nothing but a place in an order, and
what may be seen is decided anew for each page. Reading it is tolerant of nothing: a cursor that we would
not have written in just these letters is refused.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, overload
from uuid import UUID

import orjson

MAXIMUM_CURSOR_LENGTH = 512
"""Characters."""

Value = str | int | datetime | UUID | None
First = TypeVar("First", str, int, datetime, UUID)
Second = TypeVar("Second", str, int, datetime, UUID)

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class InvalidCursor(ValueError):
    """The cursor is not one that was made for this purpose; the message is a clause that says why."""


def encode_cursor(values: Sequence[Value], purpose: str) -> str:
    """The cursor of a place, in base64url without padding. Times keep their microseconds.

    Raises:
        ValueError: a value can't stand in a cursor (a float, a time without a zone, an integer beyond 64
            bits, text with NUL), or the cursor would be longer than 512 characters.
    """
    plain = [purpose, *(_plain(value) for value in values)]
    cursor = base64.urlsafe_b64encode(orjson.dumps(plain)).rstrip(b"=").decode()
    if len(cursor) > MAXIMUM_CURSOR_LENGTH:
        raise ValueError(f"the cursor would be longer than {MAXIMUM_CURSOR_LENGTH} characters")
    return cursor


@overload
def decode_cursor(cursor: str, purpose: str, kinds: tuple[type[First]]) -> tuple[First]: ...


@overload
def decode_cursor(
    cursor: str, purpose: str, kinds: tuple[type[First], type[Second]]
) -> tuple[First, Second]: ...


@overload
def decode_cursor(cursor: str, purpose: str, kinds: Sequence[Any]) -> tuple[Any, ...]: ...


def decode_cursor(cursor: str, purpose: str, kinds: Sequence[Any]) -> tuple[Any, ...]:
    """The values of a cursor, which must be of these kinds: `(datetime | None, UUID)`.

    Raises:
        InvalidCursor: in every case but that of a cursor made by `encode_cursor` for the same purpose from
            values of these kinds.
    """
    if len(cursor) > MAXIMUM_CURSOR_LENGTH:
        raise InvalidCursor("it is too long")
    plain = _parsed(cursor)
    if plain[0] != purpose:
        raise InvalidCursor("it was made for another list")
    if len(plain) != len(kinds) + 1:
        raise InvalidCursor("it has another number of values")
    values = tuple(_typed(value, kind) for value, kind in zip(plain[1:], kinds, strict=True))
    if not _is_canonical(cursor, values, purpose):
        raise InvalidCursor("it is damaged")
    return values


def _plain(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time in a cursor needs a time zone")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("text in a cursor can't hold NUL")
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if not _SMALLEST <= value <= _LARGEST:
            raise ValueError("an integer in a cursor has at most 64 bits")
        return value
    if value is None:
        return None
    raise ValueError(f"a {type(value).__name__} can't stand in a cursor")


def _parsed(cursor: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        plain = orjson.loads(raw)
    except ValueError:
        raise InvalidCursor("it is damaged") from None
    if not isinstance(plain, list) or not plain:
        raise InvalidCursor("it is damaged")
    return plain


def _typed(value: Any, kind: Any) -> Value:
    kinds = get_args(kind) or (kind,)
    if value is None and type(None) in kinds:
        return None
    wanted = next(one for one in kinds if one is not type(None))
    try:
        if wanted is UUID and isinstance(value, str):
            return UUID(value)
        if wanted is datetime and isinstance(value, str):
            return datetime.fromisoformat(value)
    except ValueError:
        raise InvalidCursor("it is damaged") from None
    if type(value) is wanted and isinstance(value, str | int):
        return value
    raise InvalidCursor("it holds values of another kind")


def _is_canonical(cursor: str, values: Sequence[Value], purpose: str) -> bool:
    try:
        return encode_cursor(values, purpose) == cursor
    except (ValueError, OverflowError):
        return False
