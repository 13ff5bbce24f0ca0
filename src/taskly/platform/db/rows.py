"""Rows of any table as JSON that PostgreSQL writes: whole files are made of them, nothing is built in Python."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, Select, Table, Text, cast, func, select


def stored_columns(table: Table, *, except_for: Collection[str] = ()) -> list[Column[Any]]:
    """The columns of a table that somebody fills, but for those that are named."""
    return [
        column
        for column in table.columns
        if column.computed is None and column.name not in except_for
    ]


def as_json(rows: Select[*tuple[Any, ...]], *keys: str) -> Select[*tuple[Any, ...]]:
    """The rows of a query as text: columns `keys`, then an object with the names of all columns."""
    inner = rows.subquery("row")
    order: Sequence[Any] = [inner.c[key] for key in keys]
    return select(*order, cast(func.row_to_json(inner.table_valued()), Text)).order_by(*order)
