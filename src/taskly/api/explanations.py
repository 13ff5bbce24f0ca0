"""The page behind the `type` of every problem: what happened, and what to do."""

from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PAGE = Path(__file__).parent / "problems.md"
"""A link to `docs/problems.md` in a checkout, a copy of it in a wheel."""


@cache
def explanations() -> str:
    """The page as markup. Each problem's heading has its code as id."""
    markdown = MarkdownIt()
    tokens = markdown.parse(PAGE.read_text(encoding="utf-8"))
    for heading, title in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", title.content)
    for token in tokens:
        if token.children:
            token.children = _without_links_to_other_pages(token.children)
    rendered: str = markdown.renderer.render(tokens, markdown.options, {})
    return rendered


def _without_links_to_other_pages(tokens: list[Token]) -> list[Token]:
    """Other documents are not served: of a link to one, the words stay."""
    kept: list[Token] = []
    leads_nowhere = False
    for token in tokens:
        if token.type == "link_open":
            leads_nowhere = not str(token.attrGet("href")).startswith("#")
        is_link = token.type in {"link_open", "link_close"}
        if not (is_link and leads_nowhere):
            kept.append(token)
    return kept
