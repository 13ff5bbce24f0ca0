"""Patterns of branch names, as GitHub writes them where it protects branches: `main`, `release/*`, `hotfix/**`.

`*` stands for any characters but `/`, also for none, and `**` for any at all. `**/` stands for any number of
directories, also for none. `?` is one character that is no `/`. Capitals matter, as they do to Git.
"""

import re
from functools import lru_cache

from taskly.github.rules.text import MAXIMUM_BRANCH_NAME_LENGTH, is_valid_ref_name

LONGEST_PATTERN = MAXIMUM_BRANCH_NAME_LENGTH
_SIGN = re.compile(r"(?<![^/])\*\*/|\*\*|\*|.", re.DOTALL)
_DIRECTORIES = ("**/", "**", "/")
"""`**/` may be left out as a whole, so it stands before what it consists of."""


def check_pattern(pattern: str) -> str:
    """The pattern, if any branch can have a name like that.

    Raises:
        ValueError: none can.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern has {LONGEST_PATTERN} characters at most")
    if not is_valid_ref_name(pattern.replace("*", "x").replace("?", "x")):
        raise ValueError(
            f"no branch is called like {pattern!r}: write a name such as main, with * for anything up to the "
            "next slash, ** for anything at all, and ? for one character"
        )
    return pattern


def matches(pattern: str, name: str) -> bool:
    """Whether a branch is called like that. Takes time in proportion to both lengths, whatever the pattern."""
    signs = _signs(pattern)
    places = _with_what_may_be_empty(signs, {0})
    for letter in name:
        reached = {after for place in places for after in _after(signs, place, letter)}
        places = _with_what_may_be_empty(signs, reached)
    return len(signs) in places


@lru_cache(maxsize=256)
def _signs(pattern: str) -> tuple[str, ...]:
    signs: list[str] = []
    for sign in _SIGN.findall(pattern):
        signs += _DIRECTORIES if sign == "**/" else (sign,)
    return tuple(signs)


def _after(signs: tuple[str, ...], place: int, letter: str) -> set[int]:
    """Where one may be after a letter."""
    sign = signs[place] if place < len(signs) else None
    if sign == "**" or (sign == "*" and letter != "/"):
        return {place}
    if sign == letter or (sign == "?" and letter != "/"):
        return {place + 1}
    return set()


def _with_what_may_be_empty(signs: tuple[str, ...], places: set[int]) -> set[int]:
    pending, found = list(places), set(places)
    while pending:
        place = pending.pop()
        sign = signs[place] if place < len(signs) else None
        further = {"*": {1}, "**": {1}, "**/": {1, 1 + len(_DIRECTORIES[1:])}}.get(
            sign or "", set()
        )
        new = {place + count for count in further} - found
        found |= new
        pending += new
    return found
