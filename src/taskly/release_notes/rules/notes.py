"""What stands in release notes, and in which order. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from taskly.github.rules.accounts import is_program


@dataclass(frozen=True, slots=True)
class MergedPull:
    """A pull request of a card that was merged."""

    repository: str
    number: int
    title: str
    url: str
    author: str
    """The name of whoever is known here by this account of GitHub, else the login there."""
    merged_at: datetime
    login: str
    """The account at GitHub that wrote it."""


@dataclass(frozen=True, slots=True)
class NotedCard:
    """A completed card."""

    id: UUID
    number: int
    title: str
    urgency: int
    """Its priority: the greater, the more urgent."""
    completed_at: datetime | None
    label_ids: Collection[UUID]
    people: Sequence[str]
    pulls: Sequence[MergedPull] = ()

    @property
    def contributors(self) -> list[str]:
        """Those who are on the card, and the authors of its pull requests; each once, by name. Programs are not among them."""
        authors = (pull.author for pull in self.pulls if not is_program(pull.login))
        return by_name([*self.people, *authors])


@dataclass(frozen=True, slots=True)
class NamedLabel:
    """A label of the board."""

    id: UUID
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cards under one heading; those that have no label stand without one."""

    label: NamedLabel | None
    cards: list[NotedCard] = field(default_factory=list)


def by_name(names: Iterable[str]) -> list[str]:
    """Each name once, as people sort them.

    >>> by_name(["omar", "Ann", "omar"])
    ['Ann', 'omar']
    """
    return sorted(set(names), key=lambda name: (name.casefold(), name))


def grouped(cards: Iterable[NotedCard], labels: Sequence[NamedLabel]) -> list[Group]:
    """The cards under the first of their labels, in the order of the board's; those without one come last.

    Under a label the most urgent come first, then those with the smaller numbers.
    """
    groups = [*(Group(label) for label in labels), Group(None)]
    for card in sorted(cards, key=lambda card: (-card.urgency, card.number)):
        _group_of(card, groups).cards.append(card)
    return [group for group in groups if group.cards]


def _group_of(card: NotedCard, groups: Sequence[Group]) -> Group:
    named = (each for each in groups if each.label and each.label.id in card.label_ids)
    return next(named, groups[-1])


def pulls_of(cards: Iterable[NotedCard]) -> Iterator[MergedPull]:
    """The pull requests of cards; one that is on several comes once."""
    yield from dict.fromkeys(pull for card in cards for pull in card.pulls)
