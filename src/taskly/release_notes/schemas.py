"""What the API shows of release notes."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from taskly.github.urls import card_url
from taskly.insights.rules.wording import counted, day, verb
from taskly.platform.http.schema import Response
from taskly.release_notes.rules.notes import Group, MergedPull, NotedCard, by_name, pulls_of

OTHER = "Other changes"


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


class ReleaseNotes(Response):
    """What was achieved between two days."""

    board_id: UUID
    heading: str = Field(examples=["Payments: 23 November 2026 to 4 December 2026"])
    reading: str = Field(
        examples=["12 cards were completed, with 14 merged pull requests, by 3 contributors."]
    )
    range: DaysOfNotes
    groups: list[GroupOfNotes]
    contributors: list[str] = Field(examples=[["Ann", "omar"]])


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
