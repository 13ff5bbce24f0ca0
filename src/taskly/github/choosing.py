"""Which repository is meant where several may be connected."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github import repository
from taskly.github.errors import NoRepository
from taskly.github.models import GitRepository


async def choose_repository(
    session: AsyncSession, workspace_id: UUID, repository_id: UUID | None, *, default: UUID | None
) -> GitRepository:
    """The repository that is named, else the board's default, else the only one that is connected.

    Raises:
        NoRepository: the workspace has no such repository, or several and none was named.
    """
    found = await repository.some_repositories(session, workspace_id, repository_id, first=default)
    if len(found) == 1 or (found and found[0].id == default):
        return found[0]
    if repository_id is not None:
        raise NoRepository("This workspace has no such repository.")
    if found and default is not None:
        raise NoRepository(
            "The board's default repository is not connected any more, and there are several others: name one by "
            "repository_id, or choose another default in the board's rules."
        )
    if found:
        raise NoRepository("The workspace has several repositories: name one by repository_id.")
    raise NoRepository("The workspace has no repository yet: ask an admin to connect one.")
