"""Reading CSV as it is really written: encodings, separators, quotes with line feeds in them."""

import codecs
import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from taskly.imports.sources.plan import FileUnreadable

SEPARATORS = ",;\t"
MOST_COLUMNS = 1000
LONGEST_CELL = 1_000_000

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the number of the line on which it ends, and its cells by headers, which may come more than once."""

    line: int
    cells: dict[str, list[str]]

    def first(self, header: str | None) -> str:
        """The first cell under a header that has something in it."""
        return next(iter(self.every(header)), "")

    def every(self, header: str | None) -> list[str]:
        """All cells under a header that have something in them."""
        return [] if header is None else [cell for cell in self.cells.get(header, ()) if cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its headers as they are written."""

    headers: list[str]
    rows: list[Row]


def read_table(content: bytes) -> Table:
    """The table in a file.

    Raises:
        FileUnreadable: it is none.
    """
    text = _decoded(content).replace("\x00", "")
    beginning = text[: text.find("\n")] if "\n" in text else text
    separator = max(SEPARATORS, key=beginning.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        headers = [cell.strip() for cell in next(reader, [])]
        if not any(headers):
            raise FileUnreadable("The first line of the file has no names of columns.")
        if len(headers) > MOST_COLUMNS:
            raise FileUnreadable(f"The file has more than {MOST_COLUMNS} columns.")
        return Table(list(dict.fromkeys(filter(None, headers))), list(_rows(reader, headers)))
    except csv.Error as error:
        raise FileUnreadable(f"Line {reader.line_num} can't be read: {error}.") from None


def _rows(reader: Iterator[list[str]], headers: list[str]) -> Iterator[Row]:
    line = 1
    for cells in reader:
        line = getattr(reader, "line_num", line + 1)
        if not any(cell.strip() for cell in cells):
            continue
        found: dict[str, list[str]] = defaultdict(list)
        for header, cell in zip(headers, cells, strict=False):
            if header:
                found[header].append(cell.strip())
        yield Row(line, dict(found))


def _decoded(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
