"""Strict types for what comes in, explicit types for what goes out."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from taskly.kit.text import clean_text


class Request(BaseModel):
    """Base of request bodies: unknown fields are refused, so nothing can be assigned by accident."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Response(BaseModel):
    """Base of what endpoints return; built from rows by attribute."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False)


Text = Annotated[str, AfterValidator(clean_text)]
"""Text from people: NFC, no NUL, no lone surrogates, no control characters but line feed and tab."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n\t]*$"),
    AfterValidator(clean_text),
]
"""One line of text with something in it."""

Version = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A count of changes."""
