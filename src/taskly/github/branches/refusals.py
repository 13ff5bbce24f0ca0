"""What a branch or a pull request that was asked for finds out about its repository's connection by the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from taskly.github.connections.access_lost import WITHOUT_TOKEN, note_problem
from taskly.github.facts import branch_repository
from taskly.github.models import GitRepository, Via
from taskly.platform.jobs.work import Work


@asynccontextmanager
async def noting_refusals(work: Work, branch_id: UUID, user_id: UUID) -> AsyncIterator[None]:
    """Note on a branch's connection that access was refused, if it is that of whoever made the connection."""
    asked_at = work.runtime.clock.now()
    try:
        yield
    except WITHOUT_TOKEN as error:
        async with work.reading() as session:
            found = await branch_repository.branch_with_repository(session, branch_id)
        if found is not None and _acts_as(found.repository, user_id):
            await note_problem(work, found.repository, error, asked_at=asked_at)
        raise


def _acts_as(row: GitRepository, user_id: UUID) -> bool:
    """Whether a connection acts in this person's name; one of the app does not need them."""
    return row.via is Via.TOKEN and row.connected_by == user_id
