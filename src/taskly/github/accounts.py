"""In whose name we speak to GitHub, and the connections through which we do."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.answers import RedisAnswers
from taskly.github.client import GitHub
from taskly.github.errors import GitHubScopesMissing, GitHubTokenMissing, GitHubTokenRefused
from taskly.github.gate import Gate, SharedMemory
from taskly.github.models import GitRepository
from taskly.github.transport import Transport
from taskly.kit.crypto import DecryptionError
from taskly.platform.runtime import Runtime
from taskly.users import repository as users
from taskly.users.github_tokens import read_github_token
from taskly.users.models import User

log = structlog.get_logger()

REACHING = frozenset({"repo", "public_repo"})
"""Scopes that reach repositories and their webhooks."""


async def person_token(runtime: Runtime, session: AsyncSession, user_id: UUID | None) -> str:
    """The token with which to act for a person: their own, or the installation's for local people.

    Whoever has an account at GitHub never acts as the operator: they would reach what only the operator
    may.

    Raises:
        GitHubTokenMissing: a local person, or nobody any more, and there is none for them.
        GitHubTokenRefused: the person's own does not count any more.
        GitHubScopesMissing: the person's own does not reach repositories.
    """
    user = None if user_id is None else await users.user(session, user_id)
    if user is None:
        raise GitHubTokenMissing
    token = _own_token(runtime, user)
    if token is not None:
        return token
    if user.github_id is not None:
        raise GitHubTokenRefused
    if runtime.settings.github_token is None:
        raise GitHubTokenMissing
    return runtime.settings.github_token.get_secret_value()


async def repository_token(
    runtime: Runtime, session: AsyncSession, repository: GitRepository
) -> str:
    """The token for what we do at a repository by ourselves: that of whoever connected it.

    Raises:
        GitHubTokenMissing: there is none any more.
        GitHubTokenRefused: it does not count any more.
        GitHubScopesMissing: it does not reach repositories.
    """
    return await person_token(runtime, session, repository.connected_by)


def github_for(runtime: Runtime, token: str) -> GitHub:
    """GitHub, in the name of the token's owner, through the connections of this process."""
    return GitHub(runtime.belongings.get(Transport, lambda: _open_transport(runtime)), token)


def _open_transport(runtime: Runtime) -> Transport:
    return Transport(
        runtime.settings,
        gate=Gate(SharedMemory(runtime.redis), runtime.clock),
        answers=RedisAnswers(runtime.redis),
        clock=runtime.clock,
    )


def _own_token(runtime: Runtime, user: User) -> str | None:
    expires_at = user.github_token_expires_at
    if expires_at is not None and expires_at <= runtime.clock.now():
        return None
    try:
        token = read_github_token(runtime.encryption, user)
    except DecryptionError:
        log.exception("github.token_unreadable", user_id=str(user.id))
        return None
    # GitHub Apps have permissions in place of scopes, and then none are known here.
    if token is not None and user.github_scopes and not REACHING & set(user.github_scopes):
        raise GitHubScopesMissing
    return token
