"""The door to connected repositories: load and authorise at once."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github import repository
from taskly.github.repository import RepositoryAccess
from taskly.platform.http.problems import NotFound
from taskly.users.access import Principal, ReadSession, Scope, SignedIn, Tx
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role


async def open_repository_to_administer(
    session: AsyncSession, principal: Principal, repository_id: UUID
) -> RepositoryAccess:
    """Load a connected repository for an admin of its workspace. It is not locked yet.

    Raises:
        NotFound: there is no such repository, or the caller is not in its workspace.
        Forbidden: the caller's role, or the token's scope, is too small.
    """
    access = await repository.repository_access(session, repository_id, principal.user_id)
    if access is None:
        raise NotFound
    require_role(access.role, Role.ADMIN)
    principal.require(Scope.ADMIN)
    return access


async def _to_administer(repository_id: UUID, principal: SignedIn, tx: Tx) -> RepositoryAccess:
    return await open_repository_to_administer(tx.session, principal, repository_id)


async def _to_oversee(
    repository_id: UUID, principal: SignedIn, session: ReadSession
) -> RepositoryAccess:
    return await open_repository_to_administer(session, principal, repository_id)


RepositoryToAdminister = Annotated[RepositoryAccess, Depends(_to_administer)]
RepositoryToOversee = Annotated[RepositoryAccess, Depends(_to_oversee)]
"""For reading what only admins may see."""
