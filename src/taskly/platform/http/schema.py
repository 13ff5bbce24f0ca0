"""Strict types for what comes in, explicit types for what goes out."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from taskly.kit.text import clean_text, is_blank


class Request(BaseModel):
    """Base of request bodies: unknown fields are refused, so nothing can be assigned by accident."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Response(BaseModel):
    """Base of what endpoints return; built from rows by attribute."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False)


Text = Annotated[str, AfterValidator(clean_text)]
"""Text from people: NFC, no NUL, no lone surrogates, no control characters but line feed and tab."""


def _not_blank(value: str) -> str:
    if is_blank(value):
        raise ValueError("write something that can be seen")
    return value


Words = Annotated[Text, AfterValidator(_not_blank)]
"""A text with something in it."""

IN_WORDS: dict[str, str] = {}
"""What patterns ask for, in words for whoever did not write so."""


def written(pattern: str, words: str) -> str:
    """The pattern; what does not match it is refused with these words."""
    IN_WORDS[pattern] = words
    return pattern


def _of_what_is_left(schema: dict[str, Any]) -> None:
    """Say of the text as it is sent what holds for what is left when the blanks around it are gone."""
    most = schema.pop("maxLength", "")
    if schema.get("pattern") == _ONE_LINE:
        schema["pattern"] = rf"^\s*[^\n\t]{{0,{most}}}\s*$"


_ONE_LINE = written(r"^[^\n\t]*$", "write it on one line, without tabs")

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, pattern=_ONE_LINE),
    AfterValidator(clean_text),
    AfterValidator(_not_blank),
    Field(json_schema_extra=_of_what_is_left),
]
"""One line of text with something in it. Blanks and line feeds around it are taken off."""

Integer = Annotated[int, Field(strict=True)]
"""A whole number, written as one: neither text nor true nor 1.5."""

Flag = Annotated[bool, Field(strict=True)]
"""true or false, neither text nor a number."""


def _written_day(value: Any) -> Any:
    """Refuse the counts of seconds that would be taken for a day, and days that mean for ever."""
    if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(_DAY, value)):
        return value
    raise ValueError("write a day as YYYY-MM-DD, in the years 1900 to 2999")


_DAY = r"(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}"

Day = Annotated[
    date, BeforeValidator(_written_day), Field(json_schema_extra={"pattern": f"^{_DAY}$"})
]
"""A day of the calendar, written as RFC 3339 does, of the years 1900 to 2999."""


def _written_moment(value: Any) -> Any:
    """Refuse counts of seconds, and moments that are some time without saying where."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
        return value
    raise ValueError("write a time as 2026-11-23T09:00:00Z, in the years 1900 to 2999")


_MOMENT = (
    rf"{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?"
    r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
)

Moment = Annotated[
    datetime,
    BeforeValidator(_written_moment),
    Field(json_schema_extra={"pattern": f"^{_MOMENT}$"}),
]
"""A time with its offset from UTC, written as RFC 3339 does, of the years 1900 to 2999."""

Version = Annotated[int, Field(ge=0, le=2**53 - 1, examples=[8])]
"""A count of changes."""
