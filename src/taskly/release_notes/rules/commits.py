"""What commits of a release say of pull requests. Pure."""

import re
from collections.abc import Iterable

_MERGED = re.compile(r"Merge pull request #([1-9][0-9]{0,8}) from ")
_SQUASHED = re.compile(r"\(#([1-9][0-9]{0,8})\)$")


def numbers_named(messages: Iterable[str]) -> frozenset[int]:
    """The numbers of the pull requests whose merges made these commits, by the words that GitHub puts there by itself.

    >>> sorted(numbers_named(["Merge pull request #7 from octo/x", "Refund (#8)\\n\\nAs in (#9)", "See #1"]))
    [7, 8]
    """
    headlines = (message.partition("\n")[0].rstrip() for message in messages)
    found = (_MERGED.match(line) or _SQUASHED.search(line) for line in headlines)
    return frozenset(int(each[1]) for each in found if each is not None)
