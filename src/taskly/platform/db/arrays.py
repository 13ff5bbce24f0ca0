"""Conditions on many values at once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, literal
from sqlalchemy.orm import InstrumentedAttribute


def is_among(column: InstrumentedAttribute[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """As `column.in_(values)`, for however many values.

    Those of an IN list are a parameter each, of which a statement has at most 32 767; an array is one.
    """
    return column == any_(literal(list(values), ARRAY(column.type)))
