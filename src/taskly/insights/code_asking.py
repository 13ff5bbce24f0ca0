"""What is asked of pull requests that were merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends

from taskly.boards.access import BoardToRead
from taskly.boards.models import BoardAccess
from taskly.insights.asking import FOUR_WEEKS, AboutCards, AboutDays, Asked
from taskly.insights.pull_request_repository import MergedPullRequest, merged_pull_requests
from taskly.insights.rules.days import INSTANT
from taskly.insights.schemas import DaysResponse
from taskly.users.access import ReadSession


@dataclass(frozen=True, slots=True)
class AskedOfCode:
    """A question with what was merged on its days, from the first to the last."""

    asked: Asked
    first: date
    last: date
    pulls: Sequence[MergedPullRequest]

    @property
    def range(self) -> DaysResponse:
        """The days."""
        return DaysResponse(first=self.first, last=self.last)


async def _with_pulls(board: BoardAccess, asked: Asked, session: ReadSession) -> AskedOfCode:
    first, last = asked.days(FOUR_WEEKS)
    since, until = asked.calendar.start_of(first), asked.calendar.day(last).ends_at
    pulls = await merged_pull_requests(session, board, since, min(until, asked.as_of + INSTANT))
    return AskedOfCode(asked, first, last, pulls)


async def _about_reviews(
    board: BoardToRead, asked: AboutCards, session: ReadSession
) -> AskedOfCode:
    return await _with_pulls(board, asked, session)


async def _about_unseen(board: BoardToRead, asked: AboutDays, session: ReadSession) -> AskedOfCode:
    return await _with_pulls(board, asked, session)


AboutReviews = Annotated[AskedOfCode, Depends(_about_reviews)]
AboutUnseen = Annotated[AskedOfCode, Depends(_about_unseen)]
