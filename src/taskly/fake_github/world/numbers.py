"""Identifiers: increasing numbers, commit hashes, and chance that repeats itself."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeVar

Kind = Literal[
    "account",
    "app",
    "authorization",
    "check_run",
    "check_suite",
    "comment",
    "commit",
    "delivery",
    "fault",
    "hook",
    "installation",
    "issue",
    "label",
    "milestone",
    "pull_request",
    "repository",
    "review",
    "status",
    "token",
]

# Near the size that GitHub's own numbers have today: several do not fit into 32 bits.
_FIRST: dict[Kind, int] = {
    "account": 1001,
    "check_run": 51_000_000_001,
    "check_suite": 45_000_000_001,
    "comment": 3_600_000_001,
    "delivery": 190_000_000_001,
    "hook": 590_000_001,
    "installation": 98_000_001,
    "issue": 3_700_000_001,
    "label": 9_400_000_001,
    "milestone": 13_000_001,
    "pull_request": 2_950_000_001,
    "repository": 1_100_000_001,
    "review": 3_400_000_001,
    "status": 39_000_000_001,
}

Item = TypeVar("Item")


class Numbers:
    """Gives out numbers that only grow, and hashes that are the same in every run with one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()

    def next(self, kind: Kind) -> int:
        """The next number of this kind."""
        self._given[kind] += 1
        return _FIRST.get(kind, 1) + self._given[kind] - 1

    def next_sha(self) -> str:
        """The next commit or tree hash: 40 hexadecimal digits."""
        return self._digest("sha")[:40]

    def chance(self) -> float:
        """The next number from 0 up to 1."""
        return int(self._digest("chance")[:13], 16) / 16**13

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in an order that depends on the seed alone."""
        return [item for _, item in sorted(((self.chance(), item) for item in items), key=_first)]

    def _digest(self, purpose: str) -> str:
        self._given[purpose] += 1
        text = f"{self._seed}/{purpose}/{self._given[purpose]}"
        return hashlib.sha256(text.encode()).hexdigest()


def _first(pair: tuple[float, Item]) -> float:
    return pair[0]
