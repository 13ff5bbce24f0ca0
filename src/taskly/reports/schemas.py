"""What all reports have in common."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from taskly.github.development_schemas import SignOfDrift
from taskly.insights.code_schemas import MergedResponse
from taskly.insights.rules.burning import ScopeChangeKind
from taskly.insights.schemas import AmountResponse
from taskly.platform.http.schema import Response
from taskly.reports.rules.risks import RiskKind
from taskly.reports.rules.thanks import Thanked

MOST_LISTED = 200
"""Of each kind of thing in a report."""

Item = TypeVar("Item")
Thing = TypeVar("Thing")


class Listed(BaseModel, Generic[Item]):
    """Some things, or the first of very many."""

    # A generic class does not hand its docstring down.
    model_config = ConfigDict(json_schema_extra={"description": "The first 200 of some things."})

    count: int = Field(examples=[1], description="How many there are.")
    items: list[Item] = Field(description=f"The first {MOST_LISTED} of them.")

    @classmethod
    def of(
        cls, things: Sequence[Thing], show: Callable[[Thing], Item], count: int | None = None
    ) -> Self:
        """The list of some things, which are all there are unless a count says otherwise."""
        shown = [show(each) for each in things[:MOST_LISTED]]
        return cls(count=len(things) if count is None else count, items=shown)


class BoardInReport(Response):
    """The board, as it is called now."""

    id: UUID
    key: str = Field(examples=["PAY"])
    name: str = Field(examples=["Checkout"])
    workspace_name: str = Field(examples=["Payments"])


class PersonInReport(Response):
    """Somebody, as they are called now."""

    user_id: UUID | None = Field(description="Null for somebody who is known at GitHub only.")
    name: str = Field(examples=["Omar"])


class CardInReport(Response):
    """A card, as it is called now."""

    card_id: UUID
    key: str | None = Field(examples=["PAY-12"], description="Null, if it is gone.")
    title: str = Field(examples=["Refund a payment twice"], description="Empty, if it is gone.")


class CardWithPoints(CardInReport):
    """A card, what it comes to, and whose it is."""

    points: int | None = Field(examples=[3], description="Null without an estimate.")
    people: list[PersonInReport]


class DeliveredCard(CardWithPoints):
    """A card that is done."""

    done_at: datetime
    pull_requests: list[MergedResponse] = Field(description="Those on it that were merged by then.")


class ScopeChangeInReport(Response):
    """A change of a sprint's scope while it ran."""

    at: datetime
    by: PersonInReport | None = Field(description="Null, if GitHub or Taskly did it.")
    card: CardInReport
    kind: ScopeChangeKind
    amount: AmountResponse = Field(description="By so much the scope grew.")


class DriftInReport(CardInReport):
    """A card that has come apart from its code."""

    drift: list[SignOfDrift]


class RiskResponse(Response):
    """Why a card may not be done in time."""

    kind: RiskKind
    detail: str = Field(examples=["waits for PAY-3"])


class CardAtRisk(CardWithPoints):
    """An open card that may not be done in time."""

    reasons: list[RiskResponse]


class Standing(Response):
    """What is so at the moment of asking, and may be otherwise tomorrow."""

    as_of: datetime
    drift: Listed[DriftInReport]
    at_risk: Listed[CardAtRisk]


class ThanksResponse(Response):
    """Somebody to thank, and what for."""

    person: PersonInReport
    reasons: list[Thanked]
