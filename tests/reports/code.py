"""What was done for cards in a repository, as if GitHub had told of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from taskly.github.models import PullRequestReview
from taskly.platform.context import SYSTEM
from tests.insights.test_code_answers import merge, on
from tests.reports.place import Team
from tests.support.actors import Json
from tests.support.linked import payments

Reviews = Mapping[str, datetime]


async def merged(team: Team, *pulls: tuple[datetime, Json | None, Reviews]) -> None:
    """Pull requests of Alice's, each merged at a time, on a card or none, and reviewed; the first is number 1."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        repository = payments(UUID(team.board["workspace_id"]), on(23))
        tx.session.add(repository)
        await tx.session.flush()
        for number, (at, card, reviews) in enumerate(pulls, start=1):
            await merge(tx, repository, number, at, card, on(23, 10), reviews)


async def told_first(team: Team, at: datetime) -> None:
    """Let the first review of each reviewer have been told of at some moment."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(update(PullRequestReview).values(created_at=at))
