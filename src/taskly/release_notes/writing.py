"""Release notes as text to be put elsewhere. What people wrote stays what it is, and does nothing there."""

import re
from collections.abc import Iterator
from html import escape

from taskly.kit.markdown import as_plain, link
from taskly.release_notes.schemas import CardInNotes, PullRequestInNotes, ReleaseNotes

_REMARK = re.compile("--+|[<>]")
"""What could end a comment. Whoever publishes notes reads the comments in them; whoever reads those does not."""


def as_markdown(notes: ReleaseNotes) -> str:
    """As Markdown, for a release at GitHub or a changelog."""
    return "\n".join(_markdown(notes)) + "\n"


def _markdown(notes: ReleaseNotes) -> Iterator[str]:
    yield f"# {as_plain(notes.heading)}"
    yield ""
    yield as_plain(notes.reading)
    for group in notes.groups:
        yield ""
        yield f"## {as_plain(group.title)}"
        yield ""
        yield from map(_markdown_of_card, group.cards)
    if notes.contributors:
        yield ""
        yield f"Thanks to {as_plain(', '.join(notes.contributors))}."
    for remark in notes.remarks:
        yield ""
        yield f"<!-- {_REMARK.sub('', remark)} -->"


def _markdown_of_card(card: CardInNotes) -> str:
    pulls = ", ".join(link(_name(pull), pull.url) for pull in card.pull_requests)
    people = as_plain(", ".join(card.contributors))
    return f"- **{link(card.key, card.url)}** {as_plain(card.title)}{_aside(pulls, people)}"


def as_html(notes: ReleaseNotes) -> str:
    """As a page of HTML, without anything that is fetched or run."""
    heading = escape(notes.heading)
    head = f'<meta charset="utf-8">\n<title>{heading}</title>'
    body = "\n".join(_html(notes))
    return f'<!doctype html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


def _html(notes: ReleaseNotes) -> Iterator[str]:
    yield f"<h1>{escape(notes.heading)}</h1>"
    yield f"<p>{escape(notes.reading)}</p>"
    for group in notes.groups:
        yield f"<h2>{escape(group.title)}</h2>"
        yield "<ul>"
        yield from map(_html_of_card, group.cards)
        yield "</ul>"
    if notes.contributors:
        yield f"<p>Thanks to {escape(', '.join(notes.contributors))}.</p>"
    for remark in notes.remarks:
        yield f"<!-- {_REMARK.sub('', remark)} -->"


def _html_of_card(card: CardInNotes) -> str:
    pulls = ", ".join(_html_link(_name(pull), pull.url) for pull in card.pull_requests)
    people = escape(", ".join(card.contributors))
    key = _html_link(card.key, card.url)
    return f"<li><strong>{key}</strong> {escape(card.title)}{_aside(pulls, people)}</li>"


def _html_link(text: str, url: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>' if url else escape(text)


def _aside(*parts: str) -> str:
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""


def _name(pull: PullRequestInNotes) -> str:
    return f"{pull.repository}#{pull.number}"
