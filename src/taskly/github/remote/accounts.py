"""In whose name we speak to GitHub, and the connections through which we do."""

from datetime import datetime
from uuid import UUID

from taskly.github.errors import (
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubScopesMissing,
    GitHubTokenMissing,
    GitHubTokenRefused,
)
from taskly.github.models import GitRepository
from taskly.github.remote.answers import RedisAnswers
from taskly.github.remote.app import GitHubApp
from taskly.github.remote.app_failures import AppFailures
from taskly.github.remote.budget import Budget, Budgets
from taskly.github.remote.client import GitHub
from taskly.github.remote.gate import Gate, SharedMemory
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.remote.identity import app_identity
from taskly.github.remote.installation_tokens import InstallationTokens
from taskly.github.remote.resources import RepositoryObject
from taskly.github.remote.transport import Bearer, Transport
from taskly.github.rules.permissions import Permission
from taskly.platform.runtime import Runtime
from taskly.users import repository as users
from taskly.users.github_renewal import current_github_token
from taskly.users.models import User

WRITING = frozenset({Permission.ADMIN, Permission.MAINTAIN, Permission.WRITE})
REACHING = frozenset({"repo", "public_repo"})
"""Scopes that reach repositories and their webhooks."""
NO_APP = "This installation of Taskly has no GitHub App any more: disconnect the repository, and connect it again."


async def person_token(runtime: Runtime, user_id: UUID | None) -> str:
    """The token with which to act for a person: their own, or the operator's for local people.

    Whoever has an account at GitHub never acts as the operator: they would reach what only the operator
    may.

    Raises:
        GitHubTokenMissing: a local person, or nobody any more, and there is none for them.
        GitHubTokenRefused: the person's own does not count any more.
        GitHubScopesMissing: the person's own does not reach repositories.
        GitHubUnavailable: the person's own has ended, and GitHub does not answer.
    """
    token = await _own_token(runtime, user_id)
    if token is not None:
        return token
    if runtime.settings.github_token is None:
        raise GitHubTokenMissing
    return runtime.settings.github_token.get_secret_value()


async def _own_token(runtime: Runtime, user_id: UUID | None) -> str | None:
    """A person's own token, None for local people; raises what `person_token` raises."""
    user = None
    if user_id is not None:
        async with runtime.database.reading() as session:
            user = await users.user(session, user_id)
    if user is None:
        raise GitHubTokenMissing
    token = await current_github_token(runtime, user)
    if token is None and user.github_id is not None:
        raise GitHubTokenRefused
    # GitHub Apps have permissions in place of scopes, and then none are known here.
    if token is not None and user.github_scopes and not REACHING & set(user.github_scopes):
        raise GitHubScopesMissing
    return token


def github_for(runtime: Runtime, token: str, *, sparing: bool = False) -> GitHub:
    """GitHub, in the name of the token's owner, through the connections of this process.

    What nobody waits for is `sparing` with the owner's limit; see `budget`.
    """
    return GitHub(transport_of(runtime), Bearer.of(token), sparing=sparing)


async def github_app(runtime: Runtime, *, sparing: bool = False) -> GitHubApp | None:
    """GitHub, for this installation's app itself; None if there is no app."""
    identity = await app_identity(runtime)
    if identity is None:
        return None
    return GitHubApp(transport_of(runtime), identity, runtime.clock, sparing=sparing)


async def failures_of(
    runtime: Runtime, app: GitHubApp, since: datetime
) -> list[HookDeliveryObject]:
    """What the app's webhook could not deliver since then; see `app_failures`."""
    known = runtime.belongings.get(AppFailures, lambda: AppFailures(runtime.redis, runtime.clock))
    return await known.since(app.id, since, app.failed_deliveries)


async def github_of_installation(
    runtime: Runtime, installation_id: int, *, sparing: bool = False
) -> GitHub:
    """GitHub, in the name of an installation of the app.

    Raises:
        AppShutOut: there is no app any more, it is suspended there, or was taken off.
        GitHubRateLimited, GitHubUnavailable: see `client`.
    """

    async def renew(refused: Bearer) -> Bearer:
        return await _bearer_of(runtime, installation_id, refused)

    bearer = await _bearer_of(runtime, installation_id)
    return GitHub(transport_of(runtime), bearer, sparing=sparing, renew=renew)


async def _bearer_of(
    runtime: Runtime, installation_id: int, refused: Bearer | None = None
) -> Bearer:
    """An installation with its token, another one than that which was refused."""
    app = await github_app(runtime)
    if app is None:
        raise AppShutOut(NO_APP)
    tokens, name = _tokens(runtime), installation_name(installation_id)
    if refused is None:
        return Bearer(await tokens.current(installation_id, app.new_token), name)
    token = await tokens.renewed(installation_id, refused.token or "", app.new_token)
    return Bearer(token, name)


async def github_of(runtime: Runtime, row: GitRepository, *, sparing: bool = False) -> GitHub:
    """GitHub, as a connection acts there by itself: by its installation, or by whoever connected it.

    Raises what `github_of_installation` and `person_token` raise.
    """
    if row.installation_id is not None:
        return await github_of_installation(runtime, row.installation_id, sparing=sparing)
    return github_for(runtime, await person_token(runtime, row.connected_by), sparing=sparing)


async def github_for_person(runtime: Runtime, user_id: UUID, row: GitRepository) -> GitHub:
    """GitHub, for what a person does in a connected repository: in their name, or else by its installation.

    Only who has a token of their own is spoken for: the operator's is for repositories without an app. The
    installation stands in for who may write to the repository themselves, no other; so it does where GitHub turns out
    to refuse the person's token.

    Raises what `github_of_installation` and `person_token` raise, and, as each of its methods can:
        GitHubForbids: the person may not write there.
    """
    installation_id = row.installation_id
    if installation_id is None:
        return github_for(runtime, await person_token(runtime, user_id))
    try:
        token = await _own_token(runtime, user_id)
    except (GitHubScopesMissing, GitHubTokenMissing, GitHubTokenRefused):
        token = None
    if token is None:
        await _require_writing(runtime, user_id, row, installation_id)
        return await github_of_installation(runtime, installation_id)

    async def stand_in(refused: Bearer) -> Bearer:
        if refused.name == installation_name(installation_id):
            return await _bearer_of(runtime, installation_id, refused)
        await _require_writing(runtime, user_id, row, installation_id)
        return await _bearer_of(runtime, installation_id)

    return GitHub(transport_of(runtime), Bearer.of(token), renew=stand_in)


async def _require_writing(
    runtime: Runtime, user_id: UUID, row: GitRepository, installation_id: int
) -> None:
    """Let the installation stand in for who may write to the repository.

    Raises:
        GitHubForbids: the person may not.
    """
    github = await github_of_installation(runtime, installation_id)
    async with runtime.database.reading() as session:
        user = await users.user(session, user_id)
    permission = None if user is None else await permission_of(github, row.full_name, user)
    if permission not in WRITING:
        raise GitHubForbids(
            f"Your GitHub account may not write to {row.full_name}: ask somebody who administers it to let you."
        )


async def permission_of(github: GitHub, full_name: str, user: User) -> Permission | None:
    """What a person may do in a repository, asked by an installation; None if GitHub does not show it to them.

    Local people have no account there. They are let through wherever they may come.
    """
    if user.github_id is None:
        return Permission.ADMIN
    try:
        told = await github.permission_of(full_name, user.login)
    except GitHubNotFound:
        return None
    # Logins change hands at GitHub; ids do not.
    is_theirs = told.user is not None and told.user.id == user.github_id
    return told.as_ours if is_theirs else None


async def permissions_behind(
    runtime: Runtime, github: GitHub, row: GitRepository, found: RepositoryObject
) -> dict[str, bool]:
    """What the account that connected a repository may do there, in the form in which GitHub tells it.

    Of the app GitHub tells what the app may do, so there it is asked about the account.
    """
    if row.installation_id is None:
        return dict(found.permissions)
    async with runtime.database.reading() as session:
        user = None if row.connected_by is None else await users.user(session, row.connected_by)
    permission = None if user is None else await permission_of(github, found.full_name, user)
    return {} if permission is None else {permission.value: True}


async def budget_left(runtime: Runtime, row: GitRepository) -> Budget | None:
    """What is left of the limit that a connection draws on by itself, as far as GitHub said lately.

    Raises what `person_token` raises.
    """
    if row.installation_id is not None:
        name = installation_name(row.installation_id)
    else:
        name = Bearer.of(await person_token(runtime, row.connected_by)).name
    return await transport_of(runtime).budgets.left(name)


def installation_name(installation_id: int) -> str:
    """Under which name the limit of an installation is remembered."""
    return f"installation:{installation_id}"


def transport_of(runtime: Runtime) -> Transport:
    """The connections of this process to GitHub."""
    return runtime.belongings.get(Transport, lambda: _open_transport(runtime))


def _tokens(runtime: Runtime) -> InstallationTokens:
    return runtime.belongings.get(
        InstallationTokens,
        lambda: InstallationTokens(runtime.redis, runtime.encryption, runtime.clock),
    )


def _open_transport(runtime: Runtime) -> Transport:
    return Transport(
        runtime.settings,
        gate=Gate(SharedMemory(runtime.redis), runtime.clock),
        answers=RedisAnswers(runtime.redis),
        budgets=Budgets(runtime.redis, runtime.clock),
        clock=runtime.clock,
    )
