"""The lists of the architecture document are those of the code."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Enum, Table, UniqueConstraint, make_url

from taskly.migrations.tables import METADATA
from tests.contract.document import DOCUMENT

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "architecture"
DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


def page(name: str) -> str:
    """The text of a page."""
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def test_every_operation_is_listed_and_no_other() -> None:
    listed = re.findall(
        r"^\| `([A-Z]+)` \| `(/[^`]+)` \|", page("rest-api-specification"), re.MULTILINE
    )
    operations = [
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    ]
    assert sorted(listed) == sorted(operations)


def test_every_table_is_described_with_all_its_fields() -> None:
    described = {}
    for part in re.split(r"^### ", page("data-models"), flags=re.MULTILINE)[1:]:
        table = part.partition("\n")[0].strip("`")
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*) \|$", part, re.MULTILINE)
        described[table] = {name: (kind.strip(), notes.strip()) for name, kind, notes in rows}
    assert described == {
        table.name: {column.name: _field(column) for column in table.columns}
        for table in METADATA.sorted_tables
    }


def _field(column: Column[Any]) -> tuple[str, str]:
    """A column as the page shows it: its type, and whether it may be absent, is the key, refers to something."""
    kind = column.type.compile(DIALECT)
    kind = {"TIMESTAMP WITH TIME ZONE": "timestamptz"}.get(
        kind, kind.lower().partition(" collate")[0]
    )
    if isinstance(column.type, Enum):
        kind = f"enum {column.type.name}"
    targets = sorted({key.column.table.name for key in column.foreign_keys})
    notes = ["key"] * column.primary_key + ["may be absent"] * bool(column.nullable)
    return kind, ", ".join(notes + [f"→ `{each}`" for each in targets])


def test_every_table_is_in_the_schema_with_its_keys_and_indexes() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", page("database-schema"), re.MULTILINE))
    assert sorted(rows) == sorted(METADATA.tables)
    missing = [
        f"{table.name}: {columns}"
        for table in METADATA.sorted_tables
        for columns in _indexed(table)
        if not re.search(rf"`{re.escape(columns)}`", rows[table.name])
    ]
    assert missing == []


def _indexed(table: Table) -> Iterator[str]:
    """The columns of each index and unique constraint."""
    for each in table.indexes:
        words = ", ".join(str(part).rpartition(".")[2] for part in each.expressions)
        yield re.sub(r"to_tsvector\(.*\b(\w+)\)+", r"\1", words)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield ", ".join(column.name for column in constraint.columns)


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.match(r"[\w-]+", each)[0] for each in project["dependencies"]}  # type: ignore[index]
    rows = re.findall(r"^\| (`.+?) \|", page("tech-stack"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert explained == declared


def test_every_package_has_its_line() -> None:
    packages = {path.parent.name for path in (ROOT / "src" / "taskly").glob("*/__init__.py")}
    listed = set(re.findall(r"^  (\w+)/ ", page("source-tree"), re.MULTILINE))
    assert listed == packages
