"""Addresses of GitHub's pages, as people copy them."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_PULL_REQUEST = re.compile(
    r"/(?P<full_name>[\w.-]{1,100}/[\w.-]{1,100})/pull/(?P<number>[1-9][0-9]{0,8})(?:/.*)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class PullRequestAddress:
    """Which pull request an address leads to."""

    full_name: str
    """Its repository, `owner/name`, in the letters of the address: GitHub does not mind capitals."""
    number: int


def pull_request_at(url: str, web_url: str) -> PullRequestAddress | None:
    """The pull request whose page, or a page below it, has this address at the GitHub of `web_url`.

    What stands behind `?` and `#` does not matter, nor do `http` and `https`.
    """
    try:
        wanted, ours = urlsplit(url), urlsplit(web_url)
    except ValueError:
        return None
    is_web = wanted.scheme.lower() in {"http", "https"}
    if not is_web or _host(wanted.netloc) != _host(ours.netloc):
        return None
    if not wanted.path.startswith(ours.path):
        return None
    found = _PULL_REQUEST.fullmatch(wanted.path.removeprefix(ours.path.rstrip("/")))
    return None if found is None else PullRequestAddress(found["full_name"], int(found["number"]))


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")
