"""What the API shows of release notes."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field

from taskly.github.urls import card_url
from taskly.insights.rules.wording import counted, day, verb
from taskly.platform.http.schema import Response
from taskly.release_notes.rules.notes import Group, MergedPull, NotedCard, by_name, pulls_of

OTHER = "Other changes"
MOST_LEFT_OUT = 50
"""So many of the cards that are left out are named."""


class DaysOfNotes(Response):
    """The days that notes are about, in the time zone of the workspace."""

    kind: Literal["days"] = "days"
    first: date = Field(examples=["2026-11-23"])
    last: date = Field(examples=["2026-12-04"])
    time_zone: str = Field(examples=["Europe/Berlin"])
    since: datetime
    until: datetime = Field(description="Nothing of this moment or later is in the notes.")

    @property
    def words(self) -> str:
        """For a heading."""
        return (
            day(self.first) if self.first == self.last else f"{day(self.first)} to {day(self.last)}"
        )


class TagsOfNotes(Response):
    """The commits that notes are about: those that one tag has and another has not."""

    kind: Literal["tags"] = "tags"
    repository: str = Field(examples=["octo/payments"])
    from_tag: str = Field(examples=["v1.2"])
    to_tag: str | None = Field(
        examples=["v1.3"], description="Null: it is up to where the default branch stands."
    )
    commits: int = Field(examples=[14])
    since: datetime = Field(description="When the commits were made at which both stand.")
    until: datetime

    @property
    def words(self) -> str:
        """For a heading."""
        return f"{self.from_tag} to {self.to_tag or 'now'}"


class PullRequestInNotes(Response):
    """A pull request that was merged."""

    repository: str = Field(examples=["octo/payments"])
    number: int = Field(examples=[12])
    title: str = Field(examples=["Refund a payment twice"])
    url: str = Field(examples=["https://github.com/octo/payments/pull/12"])
    author: str = Field(
        examples=["Ann"], description="A name, if the account is that of a member, else its login."
    )
    merged_at: datetime

    @classmethod
    def of(cls, pull: MergedPull) -> Self:
        """The answer for a pull request."""
        return cls.model_validate(pull)


class CardInNotes(Response):
    """A completed card."""

    id: UUID
    key: str = Field(examples=["PAY-12"])
    title: str = Field(examples=["Refund a payment twice"])
    url: str = Field(examples=["https://taskly.example/c/PAY-12"])
    pull_requests: list[PullRequestInNotes] = Field(description="Those that were merged, in order.")
    contributors: list[str] = Field(
        examples=[["Ann", "omar"]], description="Who is on the card, and who wrote its code."
    )

    @classmethod
    def of(cls, card: NotedCard, board_key: str, public_url: str) -> Self:
        """The answer for a card."""
        return cls(
            id=card.id,
            key=f"{board_key}-{card.number}",
            title=card.title,
            url=card_url(public_url, board_key, card.number),
            pull_requests=[PullRequestInNotes.of(pull) for pull in card.pulls],
            contributors=card.contributors,
        )


class GroupOfNotes(Response):
    """Cards under one heading."""

    label_id: UUID | None
    title: str = Field(examples=["bug"])
    color: str | None = Field(examples=["#d73a4a"])
    cards: list[CardInNotes]

    @classmethod
    def of(cls, group: Group, board_key: str, public_url: str) -> Self:
        """The answer for a group."""
        label = group.label
        return cls(
            label_id=label and label.id,
            title=OTHER if label is None else label.name,
            color=label and label.color,
            cards=[CardInNotes.of(card, board_key, public_url) for card in group.cards],
        )


RANGE_EXAMPLE = {
    "kind": "days",
    "first": "2026-11-23",
    "last": "2026-12-04",
    "time_zone": "Europe/Berlin",
    "since": "2026-11-22T23:00:00Z",
    "until": "2026-12-04T23:00:00Z",
}


class CardLeftOut(Response):
    """A card that is not in the notes, and might be expected there."""

    id: UUID
    key: str = Field(examples=["PAY-9"])
    title: str = Field(examples=["Ask the bank"])

    @classmethod
    def of(cls, card: NotedCard, board_key: str) -> Self:
        """The answer for a card."""
        return cls(id=card.id, key=f"{board_key}-{card.number}", title=card.title)


class CardsLeftOut(Response):
    """Cards that are not in the notes, and might be expected there."""

    count: int = Field(examples=[1], description="How many there are.")
    cards: list[CardLeftOut] = Field(description=f"The first {MOST_LEFT_OUT} of them.")

    @classmethod
    def of(cls, cards: Sequence[NotedCard], board_key: str, count: int) -> Self:
        """The answer for the first of so many cards."""
        named = [CardLeftOut.of(card, board_key) for card in cards[:MOST_LEFT_OUT]]
        return cls(count=count, cards=named)

    @property
    def words(self) -> str:
        """Their keys, for a sentence."""
        keys, more = ", ".join(card.key for card in self.cards), self.count - len(self.cards)
        return f"{keys} and {more} more" if more else keys


class ReleaseNotes(Response):
    """What was achieved between two days, or two tags."""

    board_id: UUID
    heading: str = Field(examples=["Payments: 23 November 2026 to 4 December 2026"])
    reading: str = Field(
        examples=["12 cards were completed, with 14 merged pull requests, by 3 contributors."]
    )
    range: Annotated[
        DaysOfNotes | TagsOfNotes, Field(discriminator="kind", examples=[RANGE_EXAMPLE])
    ]
    groups: list[GroupOfNotes]
    contributors: list[str] = Field(examples=[["Ann", "omar"]])
    without_code: CardsLeftOut = Field(
        description="Between tags: cards that were completed in that time without code in this repository."
    )
    not_done: CardsLeftOut = Field(
        description="Between tags: cards that have code in the release and are not done."
    )
    remarks: list[str] = Field(
        examples=[["1 card with code in this release is not done, and left out: PAY-9."]],
        description="What the latter two come to, in sentences for whoever publishes the notes.",
    )


def remarks(repository: str, without_code: CardsLeftOut, not_done: CardsLeftOut) -> list[str]:
    """What whoever publishes the notes of a release should know."""
    said = []
    if many := without_code.count:
        said.append(
            f"{counted(many, 'card')} completed in that time {verb(many, 'has', 'have')} no code in {repository}, "
            f"and {verb(many, 'is', 'are')} left out: {without_code.words}."
        )
    if many := not_done.count:
        said.append(
            f"{counted(many, 'card')} with code in this release {verb(many, 'is', 'are')} not done, and left out: "
            f"{not_done.words}."
        )
    return said


def reading(cards: Iterable[NotedCard]) -> str:
    """How much there is, in one sentence."""
    cards = list(cards)
    pulls, people = len(list(pulls_of(cards))), len(contributors(cards))
    parts = [f"{counted(len(cards), 'card')} {verb(len(cards), 'was', 'were')} completed"]
    parts += [f"with {counted(pulls, 'merged pull request')}"] if pulls else []
    parts += [f"by {counted(people, 'contributor')}"] if people else []
    return ", ".join(parts) + "."


def contributors(cards: Iterable[NotedCard]) -> list[str]:
    """Everybody who had a part in some cards."""
    return by_name(name for card in cards for name in card.contributors)
