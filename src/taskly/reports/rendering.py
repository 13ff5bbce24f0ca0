"""The three ways to write a report out."""

from collections.abc import Iterator
from functools import cache

from taskly.kit import markdown
from taskly.kit.markdown import as_plain
from taskly.platform.mail.templates import Templates
from taskly.reports.document import Chart, Document, Line, Link, Section


def as_markdown(document: Document) -> str:
    """A report in Markdown, in which what people wrote stands for itself."""
    return "\n".join(_markdown(document)).rstrip("\n") + "\n"


def as_html(document: Document) -> str:
    """A report as a page of HTML."""
    return templates().written("report.html", document=document, footer=None)


@cache
def templates() -> Templates:
    """The templates of reports."""
    return Templates("taskly.reports")


def _markdown(document: Document) -> Iterator[str]:
    yield from (f"# {as_plain(document.heading)}", "", as_plain(document.under), "")
    if document.goal:
        yield from (f"> {as_plain(document.goal)}", "")
    yield from (as_plain(document.reading), "")
    if document.rows:
        yield from ("| | Cards | Points |", "| --- | ---: | ---: |")
        yield from (f"| {row.name} | {row.cards} | {row.points} |" for row in document.rows)
        yield ""
    for section in document.sections:
        yield from _section(section)
    if document.chart is not None:
        yield from _chart(document.chart)


def _chart(chart: Chart) -> Iterator[str]:
    yield from (f"## {as_plain(chart.heading)}", "", as_plain(chart.about), "")
    yield from (f"| | {chart.unit} |", "| --- | ---: |")
    yield from (f"| {as_plain(bar.name)} | {bar.amount} |" for bar in chart.bars)
    yield ""


def _section(section: Section) -> Iterator[str]:
    yield from (f"## {as_plain(section.heading)}", "")
    if section.about:
        yield from (as_plain(section.about), "")
    yield from (f"- {_line(line)}" for line in section.lines)
    if section.left_out:
        yield f"- … and {section.left_out} more"
    yield ""


def _line(line: Line) -> str:
    parts = [_link(line.card)] if line.card is not None else []
    parts += [as_plain(line.title)] if line.title else []
    if line.notes:
        parts.append(f"({'; '.join(map(_link, line.notes))})")
    return " ".join(parts)


def _link(link: Link) -> str:
    return markdown.link(link.words, link.url or "")
