"""What the API takes and shows of rules that must not move a card."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from taskly.github.models import StoppedRule
from taskly.github.rules.automation import Rule
from taskly.history.schemas import UndoResponse
from taskly.platform.http.schema import Flag, Request, Response


class UndoOnCard(Request):
    """How to take an operation back."""

    never_again: Flag = Field(
        default=False,
        examples=[True],
        description="Whether the rule that moved the card must not move it any more.",
    )


class StoppedRuleResponse(Response):
    """A rule that must not move a card."""

    id: UUID
    rule: Rule = Field(examples=["merged"])
    since: datetime

    @classmethod
    def of(cls, row: StoppedRule) -> Self:
        """The answer for a row."""
        return cls(id=row.id, rule=row.rule, since=row.created_at)


class StoppedRules(Response):
    """The rules that must not move a card."""

    items: list[StoppedRuleResponse]


class UndoneOnCard(UndoResponse):
    """What became of an undo, and which rules must not move the card from now on."""

    stopped_rules: list[StoppedRuleResponse]
