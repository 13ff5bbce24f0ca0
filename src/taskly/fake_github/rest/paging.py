"""Lists by pages, with GitHub's `Link` header."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from taskly.fake_github.rest.call import Call

Item = TypeVar("Item")

USUAL_PER_PAGE = 30
MOST_PER_PAGE = 100


def page_of(call: Call, items: Sequence[Item]) -> tuple[list[Item], dict[str, str]]:
    """The wanted page of the items, and the headers that lead to the others."""
    per_page = per_page_of(call)
    page = page_number(call)
    last = max(-(-len(items) // per_page), 1)
    places = {
        "prev": min(page - 1, last) if page > 1 else None,
        "next": page + 1 if page < last else None,
        "last": last if page < last else None,
        "first": 1 if page > 1 else None,
    }
    links = {
        relation: {"page": str(number)} for relation, number in places.items() if number is not None
    }
    return list(items[(page - 1) * per_page : page * per_page]), link_header(call, links)


def is_paged(call: Call) -> bool:
    """Whether the asker wants pages at all, where GitHub leaves the choice."""
    return not {"page", "per_page"}.isdisjoint(call.query)


def page_number(call: Call) -> int:
    """The number of the wanted page."""
    return max(_whole(call.query.get("page"), 1), 1)


def per_page_of(call: Call) -> int:
    """How many items the asker wants on a page."""
    return min(max(_whole(call.query.get("per_page"), USUAL_PER_PAGE), 1), MOST_PER_PAGE)


def link_header(call: Call, links: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """A `Link` header with the same address and other query parameters."""
    address = call.addresses.web + call.path
    written = [
        f'<{address}?{urlencode({**call.query, **query})}>; rel="{relation}"'
        for relation, query in links.items()
    ]
    return {"Link": ", ".join(written)} if written else {}


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else default
