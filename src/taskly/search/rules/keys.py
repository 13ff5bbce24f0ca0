"""Card keys as people type them into a search box."""

import re

from taskly.search.rules.query import Keyed

KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-([1-9][0-9]{0,8})", re.ASCII)


def read_key(word: str) -> Keyed | None:
    """The card that a word may be the key of, in any case of letters."""
    found = KEY.fullmatch(word)
    return None if found is None else Keyed(found[1].upper(), int(found[2]))
