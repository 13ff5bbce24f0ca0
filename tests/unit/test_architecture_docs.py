"""The lists of the architecture document are those of the code."""

import re
import tomllib
from pathlib import Path

from taskly.migrations.tables import METADATA
from tests.contract.document import DOCUMENT

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "architecture"


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
        described[table] = set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))
    assert described == {
        table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables
    }


def test_every_table_is_in_the_schema() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", page("database-schema"), re.MULTILINE)
    assert sorted(listed) == sorted(METADATA.tables)


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
