"""Reading CSV as it is really written: encodings, separators, quotes with line feeds in them."""

import codecs
import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from taskly.imports.sources.plan import MOST_CARDS, FileUnreadable, too_many_cards
from taskly.kit.text import is_blank

SEPARATORS = ",;\t"
MOST_COLUMNS = 1000
MOST_CELLS = 1_000_000
"""With something in them: more takes gigabytes."""
SHOWN_HEADERS, SHOWN_LETTERS = 10, 50
LONGEST_CELL = 1_000_000

csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells with something in them by headers, which may come more than once."""

    cells: dict[str, list[str]]
    nameless: str = ""
    """The first cell without a header that has something in it, with its line."""

    def first(self, header: str | None) -> str:
        """The first cell under a header that has something in it."""
        return next(iter(self.every(header)), "")

    def every(self, header: str | None) -> list[str]:
        """All cells under a header that have something in them."""
        return [] if header is None else self.cells.get(header, [])


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its headers as they are written."""

    headers: list[str]
    rows: list[Row]

    def shown_headers(self) -> str:
        """The first headers, to name them to people."""
        shown = [header[:SHOWN_LETTERS] for header in self.headers[:SHOWN_HEADERS]]
        return ", ".join(shown + ["…"] * (len(self.headers) > SHOWN_HEADERS))


def read_table(content: bytes) -> Table:
    """The table in a file.

    Raises:
        FileUnreadable: it is none.
    """
    text = _decoded(content).replace("\x00", "")
    beginning = text[: text.find("\n")] if "\n" in text else text
    separator = max(SEPARATORS, key=beginning.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        headers = ["" if is_blank(cell) else cell.strip() for cell in next(reader, [])]
        if not any(headers):
            raise FileUnreadable("The first line of the file has no names of columns.")
        if len(headers) > MOST_COLUMNS:
            raise FileUnreadable(f"The file has more than {MOST_COLUMNS} columns.")
        lines = ((reader.line_num, cells) for cells in reader)
        return Table(list(dict.fromkeys(filter(None, headers))), list(_rows(lines, headers)))
    except csv.Error as error:
        raise FileUnreadable(f"Line {reader.line_num} can't be read: {error}.") from None


def _rows(lines: Iterator[tuple[int, list[str]]], headers: list[str]) -> Iterator[Row]:
    rows = filled = 0
    for line, written in lines:
        cells = [(place, cell) for place, text in enumerate(written) if (cell := text.strip())]
        if not cells:
            continue
        rows, filled = rows + 1, filled + len(cells)
        if rows > MOST_CARDS:
            raise too_many_cards()
        if filled > MOST_CELLS:
            raise FileUnreadable(f"The file has more than {MOST_CELLS} cells: take it in parts.")
        found: dict[str, list[str]] = defaultdict(list)
        nameless = ""
        for place, cell in cells:
            if place < len(headers) and headers[place]:
                found[headers[place]].append(cell)
            else:
                nameless = nameless or f"line {line}: {cell}"
        yield Row(dict(found), nameless)


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
