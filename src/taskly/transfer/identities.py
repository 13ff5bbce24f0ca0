"""Ids of a file and the ids that its things get here; pure.

Everything is made anew, so that a file can be read twice and names nothing that is here. What sorts by id
sorts as before: a new id has the time of the old one, and stands among the others of that time where the
old one stood.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_BELOW_THE_TIME = 80
_RANDOM_BITS = 74
_WORDS = frozenset(
    {
        "title",
        "description",
        "acceptance_criteria",
        "body",
        "text",
        "name",
        "goal",
        "query",
        "url",
        "error",
        "problem",
        "branch",
        "repository",
    }
)
"""Fields of changes in which people's words stand: what looks like an id there is none."""

Ids = Mapping[str, str]


def is_id(value: Any) -> bool:
    """Whether a value of JSON is an id, as we write them."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def ids_in(value: Any) -> Iterator[str]:
    """All ids in a value of JSON, but for those in people's words."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in _WORDS:
                yield from ids_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item)
    elif is_id(value):
        yield value


def with_ids(value: Any, ids: Ids) -> Any:
    """The value with new ids in the place of old ones. Lists that were in the order of ids are so again."""
    if isinstance(value, dict):
        return {
            name: member if name in _WORDS else with_ids(member, ids)
            for name, member in value.items()
        }
    if isinstance(value, list):
        if len(value) > 1 and all(is_id(item) for item in value):
            renamed = [ids[item] for item in value]
            return sorted(renamed) if value == sorted(value) else renamed
        return [with_ids(item, ids) for item in value]
    return ids[value] if is_id(value) else value


def fresh_ids(old: set[str]) -> dict[str, str]:
    """New ids for these, in the same order and of the same times."""
    numbers = sorted((UUID(each).int, each) for each in old)
    fresh: dict[str, str] = {}
    for time, same in groupby(numbers, key=lambda pair: pair[0] >> _BELOW_THE_TIME):
        names = [name for _, name in same]
        tails: set[int] = set()
        while len(tails) < len(names):
            tails.add(secrets.randbits(_RANDOM_BITS))
        fresh.update(
            (name, str(_uuid7(time, tail))) for name, tail in zip(names, sorted(tails), strict=True)
        )
    return fresh


def _uuid7(time: int, tail: int) -> UUID:
    """RFC 9562, 5.7: 48 bits of time, the version, 12 random bits, the variant, 62 random bits."""
    above, below = tail >> 62, tail & (2**62 - 1)
    return UUID(int=time << 80 | 7 << 76 | above << 64 | 2 << 62 | below)
