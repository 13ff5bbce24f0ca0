"""In whose name we speak to GitHub, and the connections through which we do."""

from uuid import UUID

from taskly.github.errors import GitHubScopesMissing, GitHubTokenMissing, GitHubTokenRefused
from taskly.github.remote.answers import RedisAnswers
from taskly.github.remote.budget import Budget, Budgets
from taskly.github.remote.client import GitHub
from taskly.github.remote.gate import Gate, SharedMemory
from taskly.github.remote.transport import Transport, fingerprint
from taskly.platform.runtime import Runtime
from taskly.users import repository as users
from taskly.users.github_renewal import current_github_token

REACHING = frozenset({"repo", "public_repo"})
"""Scopes that reach repositories and their webhooks."""


async def person_token(runtime: Runtime, user_id: UUID | None) -> str:
    """The token with which to act for a person: their own, or the installation's for local people.

    Whoever has an account at GitHub never acts as the operator: they would reach what only the operator
    may.

    Raises:
        GitHubTokenMissing: a local person, or nobody any more, and there is none for them.
        GitHubTokenRefused: the person's own does not count any more.
        GitHubScopesMissing: the person's own does not reach repositories.
        GitHubUnavailable: the person's own has ended, and GitHub does not answer.
    """
    user = None
    if user_id is not None:
        async with runtime.database.reading() as session:
            user = await users.user(session, user_id)
    if user is None:
        raise GitHubTokenMissing
    token = await current_github_token(runtime, user)
    if token is not None:
        # GitHub Apps have permissions in place of scopes, and then none are known here.
        if user.github_scopes and not REACHING & set(user.github_scopes):
            raise GitHubScopesMissing
        return token
    if user.github_id is not None:
        raise GitHubTokenRefused
    if runtime.settings.github_token is None:
        raise GitHubTokenMissing
    return runtime.settings.github_token.get_secret_value()


def github_for(runtime: Runtime, token: str, *, sparing: bool = False) -> GitHub:
    """GitHub, in the name of the token's owner, through the connections of this process.

    What nobody waits for is `sparing` with the owner's limit; see `budget`.
    """
    return GitHub(_transport(runtime), token, sparing=sparing)


async def budget_left(runtime: Runtime, token: str) -> Budget | None:
    """What is left of the limit of the token's owner, as far as GitHub said lately."""
    return await _transport(runtime).budgets.left(fingerprint(token))


def _transport(runtime: Runtime) -> Transport:
    return runtime.belongings.get(Transport, lambda: _open_transport(runtime))


def _open_transport(runtime: Runtime) -> Transport:
    return Transport(
        runtime.settings,
        gate=Gate(SharedMemory(runtime.redis), runtime.clock),
        answers=RedisAnswers(runtime.redis),
        budgets=Budgets(runtime.redis, runtime.clock),
        clock=runtime.clock,
    )
