"""Which cards a pull request belongs to: a function of what GitHub says now and of what people decided.

A link that GitHub's texts no longer give a reason for goes away, so that links do not depend on what
was told on the way. What people linked or took away stays as they left it.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


class LinkSource(enum.StrEnum):
    """Why a pull request is linked to a card; of several reasons the first in this order counts."""

    MANUAL = "manual"
    CREATED = "created"
    BRANCH = "branch"
    TITLE = "title"
    BODY = "body"
    COMMIT = "commit"

    @property
    def is_automatic(self) -> bool:
        """Whether the link follows from texts, and goes with them."""
        return self not in {LinkSource.MANUAL, LinkSource.CREATED}


@dataclass(frozen=True, slots=True)
class Link:
    """A pull request's reason to be on a card, and whether its merge completes the card."""

    source: LinkSource
    closes: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A card named in one of a pull request's texts."""

    card_id: UUID
    link: Link


def wanted_links(mentions: Iterable[Mention]) -> dict[UUID, Link]:
    """The links that the texts give reason for: per card the strongest source, closing if any closes."""
    order = list(LinkSource)
    wanted: dict[UUID, Link] = {}
    for mention in mentions:
        known = wanted.get(mention.card_id, mention.link)
        wanted[mention.card_id] = Link(
            min(known.source, mention.link.source, key=order.index),
            known.closes or mention.link.closes,
        )
    return wanted


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """What is to be done to a pull request's links, by card."""

    added: Mapping[UUID, Link]
    changed: Mapping[UUID, Link]
    gone: frozenset[UUID]


def compare_links(
    present: Mapping[UUID, Link], wanted: Mapping[UUID, Link], *, removed: frozenset[UUID]
) -> LinkChanges:
    """From the present links to the wanted ones, without touching what people decided.

    `removed` are cards from which a person took the pull request away.
    """
    return LinkChanges(
        added={
            card_id: link
            for card_id, link in wanted.items()
            if card_id not in present and card_id not in removed
        },
        changed={
            card_id: link
            for card_id, link in wanted.items()
            if card_id in present
            and present[card_id].source.is_automatic
            and present[card_id] != link
        },
        gone=frozenset(
            card_id
            for card_id, link in present.items()
            if link.source.is_automatic and card_id not in wanted
        ),
    )


def decided_link(known: Link | None, wanted: LinkSource, *, removed: bool) -> Link:
    """The link of a pull request that a person wants on a card, by hand or made from it: merging it completes it.

    A link that is there stays as it is, and so keeps its reason; only one that was made from the card is told
    from all others. One that was taken away comes back for the person's sake, whatever the texts say.
    """
    was_made = known is not None and known.source is LinkSource.CREATED
    if known is not None and not removed and (was_made or wanted is not LinkSource.CREATED):
        return known
    return Link(LinkSource.CREATED if was_made else wanted, closes=True)
