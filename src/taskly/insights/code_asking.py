"""What is asked of pull requests that were merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from taskly.boards.access import BoardToRead
from taskly.boards.models import BoardAccess
from taskly.insights.asking import FOUR_WEEKS, AboutCards, AboutDays, Asked
from taskly.insights.pull_request_repository import MergedPullRequest, merged_pull_requests
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.histories import CardHistory, Selection
from taskly.insights.schemas import DaysResponse
from taskly.insights.step_repository import of_cards


@dataclass(frozen=True, slots=True)
class AskedOfCode:
    """A question with what was merged on its days, from the first to the last."""

    asked: Asked
    first: date
    last: date
    pulls: Sequence[MergedPullRequest]
    cards: Mapping[UUID, CardHistory]
    """Those of the pull requests, if it matters what they were."""

    @property
    def range(self) -> DaysResponse:
        """The days."""
        return DaysResponse(first=self.first, last=self.last)


async def with_pulls(board: BoardAccess, asked: Asked) -> AskedOfCode:
    """What was merged on the days that are asked for, of the last four weeks if none are named."""
    first, last = asked.days(FOUR_WEEKS)
    since, until = asked.calendar.start_of(first), asked.calendar.day(last).ends_at
    pulls = await merged_pull_requests(
        asked.session, board, since, min(until, asked.as_of + INSTANT)
    )
    cards: list[CardHistory] = []
    if asked.question.selection != Selection():
        linked = {card_id for pull in pulls for card_id in pull.card_ids}
        cards = await of_cards(asked.session, asked.board_id, linked)
    return AskedOfCode(asked, first, last, pulls, {card.card_id: card for card in cards})


async def _about_reviews(board: BoardToRead, asked: AboutCards) -> AskedOfCode:
    return await with_pulls(board, asked)


async def _about_unseen(board: BoardToRead, asked: AboutDays) -> AskedOfCode:
    return await with_pulls(board, asked)


AboutReviews = Annotated[AskedOfCode, Depends(_about_reviews)]
AboutUnseen = Annotated[AskedOfCode, Depends(_about_unseen)]
