"""What the database's rules mean for the rows of a file: read from the tables, so that each rule stands in one place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, UniqueConstraint

from taskly.transfer.tables import IMPLIED, Exported

_LENGTH = re.compile(r"char_length\((\w+)\) (?:BETWEEN (\d+) AND|<=) (\d+)")
_RANGE = re.compile(r"(\w+) BETWEEN (\d+) AND (\d+)")
_LEAST = re.compile(r"(\w+) (>=?) 0")
_FORM = re.compile(r"(\w+) ~ '(.*)'")

BY_HAND = frozenset(
    {
        "ck_cards_deleted_is_archived",
        "ck_card_dependencies_not_itself",
        "ck_sprints_ends_after_start",
        "ck_sprints_started_first",
        "ck_sprint_absences_days_off_range",
        # Days and times of files are within these years.
        "ck_sprints_days_range",
        "ck_cards_due_date_range",
    }
)
"""Rules over several columns and of half days, which the examination knows, and of what no value can be."""


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values no two rows share."""

    columns: tuple[str, ...]
    folded: bool = False
    """Whether large and small letters are the same."""
    living: bool = False
    """Whether deleted rows do not count."""

    def of(self, row: Mapping[str, Any]) -> tuple[str, ...] | None:
        """What a row has there; None if it shares that with nobody anyway."""
        values = [row.get(name) for name in self.columns]
        if None in values or (self.living and row.get("deleted_at")):
            return None
        return tuple(str(each).lower() if self.folded else str(each) for each in values)


@cache
def limits(exported: Exported) -> dict[str, dict[str, Any]]:
    """Arguments of pydantic's `Field` by column, for every rule of one column."""
    found: dict[str, dict[str, Any]] = {}
    for rule in exported.table.constraints:
        if isinstance(rule, CheckConstraint):
            column, limit = _limit(str(rule.sqltext))
            if limit and column in {each.name for each in exported.columns}:
                found.setdefault(column, {}).update(limit)
    return found


def _limit(rule: str) -> tuple[str, dict[str, Any]]:
    if match := _LENGTH.fullmatch(rule):
        least, most = int(match[2] or 0), int(match[3])
        return match[1], {"min_length": least, "max_length": most}
    if match := _RANGE.fullmatch(rule):
        return match[1], {"ge": int(match[2]), "le": int(match[3])}
    if match := _LEAST.fullmatch(rule):
        return match[1], {"ge": 1 if match[2] == ">" else 0}
    if match := _FORM.fullmatch(rule):
        return match[1], {"pattern": match[2]}
    return "", {}


@cache
def keys(exported: Exported) -> tuple[Key, ...]:
    """What no two rows of a table share. The log's versions are checked as a sequence, and are not among it."""
    found = set()
    for rule in exported.table.constraints:
        if isinstance(rule, PrimaryKeyConstraint | UniqueConstraint):
            found.add(Key(_within_file(rule.columns)))
    if exported.name not in {"users", "events"}:  # Logins of people of the file are others here.
        for index in exported.table.indexes:
            if index.unique:
                folded = any("lower(" in str(each) for each in index.expressions)
                partial = index.dialect_options["postgresql"]["where"] is not None
                found.add(Key(_named(index), folded, partial))
    return tuple(key for key in found if key.columns and key.columns != ("stream_id", "version"))


def _named(index: Index) -> tuple[str, ...]:
    """The columns of an index, those inside of `lower()` too."""
    named = (re.sub(r"^lower\((.*)\)$", r"\1", str(each)) for each in index.expressions)
    columns = (name.rpartition(".")[2] for name in named)
    return tuple(name for name in columns if name != IMPLIED)


def _within_file(columns: Any) -> tuple[str, ...]:
    every: list[Column[Any]] = list(columns)
    return tuple(column.name for column in every if column.name != IMPLIED)
