"""Repositories that people reach through the GitHub App, and the way through which a repository is connected.

The app sees what its installations see, whoever asks. So each person's own rights count: GitHub is asked what their
account may do in a repository, by the installation, and they need no token for that. Local people have no account
there. They are let through where one-time links make everybody's accounts anyway.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog

from taskly.github.errors import (
    AppShutOut,
    GitHubNotFound,
    NotAnAdministrator,
    RepositoryArchived,
)
from taskly.github.models import GitRepository
from taskly.github.remote.accounts import (
    github_app,
    github_for,
    github_of_installation,
    permission_of,
    person_token,
)
from taskly.github.remote.app import GitHubApp
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.permissions import Permission, permission_in, why_not_connected
from taskly.platform.runtime import Runtime
from taskly.users import repository as users
from taskly.users.models import User

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WayIn:
    """A repository that somebody may connect, and the installation through which; None by their token."""

    repository: RepositoryObject
    installation_id: int | None
    permissions: dict[str, bool]
    """What that person may do there."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with the app."""

    app: GitHubApp
    user: User


async def find_way_in(
    runtime: Runtime, user_id: UUID, full_name: str, *, known_id: int | None = None
) -> WayIn:
    """A repository that a person administers, and the way through which it will be connected: the app's, if it can.

    With its `known_id` it is found under another name, too.

    Raises:
        GitHubNotFound: there is no such repository, or the person may not see it.
        NotAnAdministrator: they do not administer it.
        RepositoryArchived: it is read-only.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    found = await _by_app(runtime, user_id, full_name, known_id)
    if found is not None:
        return found
    github = github_for(runtime, await person_token(runtime, user_id))
    try:
        repository = await github.repository(full_name, known_id=known_id)
    except GitHubNotFound:
        raise GitHubNotFound(
            f"GitHub has no repository {full_name}, or does not show it to your account."
        ) from None
    _check(repository, permission_in(repository.permissions))
    return WayIn(repository, None, dict(repository.permissions))


async def _by_app(
    runtime: Runtime, user_id: UUID, full_name: str, known_id: int | None
) -> WayIn | None:
    """The repository through the app; None where there is no app, it can do nothing, or GitHub shows nothing to the person.

    What the person does not see is answered as if the app did not see it either: that it exists is not for them.
    """
    visitor = await app_visitor(runtime, user_id)
    if visitor is None:
        return None
    try:
        installation = await visitor.app.installation_of(full_name)
        if installation is None or installation.suspended_at is not None:
            return None
        github = await github_of_installation(runtime, installation.id)
        found = await github.repository(full_name, known_id=known_id)
        permission = await permission_of(github, found.full_name, visitor.user)
    except (AppShutOut, GitHubNotFound) as error:
        log.info("github.app_passed_by", reason=str(error))
        return None
    if permission is None:
        return None
    _check(found, permission)
    return WayIn(found, installation.id, {permission.value: True})


async def another_installation(runtime: Runtime, row: GitRepository) -> int | None:
    """The installation that sees a repository by now, if it is another one than that of its connection.

    It has another id where the app was taken off and installed again, or where the repository went to another account.
    """
    app = await github_app(runtime)
    found = None if app is None else await app.installation_of(row.full_name)
    if found is None or found.suspended_at is not None or found.id == row.installation_id:
        return None
    return found.id


async def app_visitor(runtime: Runtime, user_id: UUID) -> Visitor | None:
    """The app, for a person who may go through it; None where there is none, or they may not."""
    app = await github_app(runtime)
    async with runtime.database.reading() as session:
        user = await users.user(session, user_id)
    if app is None or user is None:
        return None
    is_local = user.github_id is None
    return Visitor(app, user) if runtime.settings.local_sign_in_allowed or not is_local else None


def _check(repository: RepositoryObject, permission: Permission) -> None:
    """Let through who may connect a repository."""
    reason = why_not_connected(repository.full_name, permission, archived=repository.archived)
    if reason is not None:
        raise RepositoryArchived(reason) if repository.archived else NotAnAdministrator(reason)
