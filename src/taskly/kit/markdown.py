"""Text of people within Markdown, so that it says what they wrote, and does nothing else."""

import re
from urllib.parse import quote

_MARKS = re.compile(r"[\\`*_\[\]|~$#]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ENTITY = re.compile("[&<>]")
_LIST = re.compile(r"^(?:([-+=])|([0-9]{1,9})([.)]))")
_ADDRESS = re.compile(r":(?=//)|www\.", re.IGNORECASE)
_LINK_BEGINS = re.compile(r"@(?=[\w.-])|#(?=\d)|(?:\b|_)GH-(?=\d)", re.IGNORECASE)
_OF_ADDRESSES = ":/?#@!$&'*+,;=%~"
"""What may stand in an address, without what would end it in Markdown."""
NO_SPACE = "&#8203;"
"""A space of no width: it keeps a mention from calling somebody, and a number from becoming a link."""


def as_plain(text: str) -> str:
    r"""A text on one line that a reader of the Markdown sees as it is, also where a line begins with it.

    Nothing in it is emphasis, code, a table, a formula or HTML. `@login` calls nobody, and `#1` links to no issue of
    whichever repository the text is put into: GitHub looks for both in what is left when the marks are gone, so
    a backslash would not help.

    >>> print(as_plain("1. [x](https://y) www.z.org"))
    1\. \[x\](https\://y) www\.z.org
    >>> as_plain("2 * 3 | <b> by @mona, see #1")
    '2 \\* 3 \\| &lt;b&gt; by @&#8203;mona, see \\#&#8203;1'
    """
    line = " ".join(text.split())
    parts = []
    position = 0
    for found in _LINK_BEGINS.finditer(line):
        parts += [_escaped(line[position : found.end()]), NO_SPACE]
        position = found.end()
    whole = "".join([*parts, _escaped(line[position:])])
    return _LIST.sub(lambda found: rf"{found[2] or ''}\{found[3] or found[1]}", whole)


def link(text: str, url: str) -> str:
    """A link, whatever the text is; the text alone, if there is no address.

    >>> link("PAY-1", "https://example.com/c/PAY-1"), link("PAY-1", "")
    ('[PAY-1](https://example.com/c/PAY-1)', 'PAY-1')
    """
    return f"[{as_plain(text)}]({quote(url, safe=_OF_ADDRESSES)})" if url else as_plain(text)


def _escaped(text: str) -> str:
    safe = _MARKS.sub(r"\\\g<0>", _ENTITY.sub(lambda found: _ENTITIES[found[0]], text))
    return _ADDRESS.sub(lambda found: found[0].replace(":", r"\:").replace(".", r"\."), safe)
