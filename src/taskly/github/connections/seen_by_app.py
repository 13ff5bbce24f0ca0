"""What the installations of the GitHub App see, for somebody who looks for a repository to connect.

One installation that can't be asked, because it is suspended, at its limit or answered with a failure, is in nobody's
way: it is noted why, and the others are asked. An installation has the app for all tenants, so who looks is told only of
accounts that they have to do with: their own, those of their repositories, and those of the workspace's connections.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from taskly.github.connections.installations import app_visitor
from taskly.github.errors import (
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubRefuses,
    GitHubTokenRefused,
    GitHubUnavailable,
)
from taskly.github.remote.accounts import github_of_installation, permission_of
from taskly.github.remote.app_resources import InstallationObject
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.github.remote.understanding import SUSPENDED
from taskly.github.rules.permissions import Permission
from taskly.platform.http.problems import Problem
from taskly.platform.runtime import Runtime
from taskly.users.models import User

PAGES = 20
"""Of what was chosen for one installation: two thousand repositories."""
IN_THE_WAY = (
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubRefuses,
    GitHubTokenRefused,
    GitHubUnavailable,
)
"""What may keep the app, or one of its installations, from being asked."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """An installation that could not be asked, and why."""

    account: str | None
    """On which it is; None is the app itself, with all of its installations."""
    reason: str


SOMETHING_MISSING = Unasked(
    None,
    "Not all that the GitHub App sees could be asked, so repositories may be missing. Try again later.",
)
"""What is said of accounts with which somebody has nothing to do, as far as is known."""


@dataclass(slots=True)
class SeenByApp:
    """The installations, in the order of their ids, and which of them could not be asked."""

    runtime: Runtime
    user: User | None = None
    """Who looks; None where nobody may go through the app."""
    installations: Sequence[InstallationObject] = ()
    owners: set[int] = field(default_factory=set)
    """The accounts of which the person has repositories in their own list."""
    connected: frozenset[str] = frozenset()
    """Those of which the workspace has repositories, in lower case."""
    _unasked: dict[int, tuple[InstallationObject, Problem]] = field(default_factory=dict)
    _chosen: dict[int, frozenset[int]] = field(default_factory=dict)

    async def github(self, installation: InstallationObject) -> GitHub:
        """GitHub, in the name of an installation.

        Raises:
            AppShutOut: it is suspended, or was taken off a moment ago.
            GitHubRateLimited, GitHubUnavailable: see `client`.
        """
        if installation.suspended_at is not None:
            raise AppShutOut(SUSPENDED)
        return await github_of_installation(self.runtime, installation.id)

    def note(self, installation: InstallationObject, problem: Problem) -> None:
        """An installation could not be asked, or not to the end."""
        self._unasked[installation.id] = (installation, problem)

    def unasked(self) -> list[Unasked]:
        """What could not be asked, as the person may know it."""
        told: list[Unasked] = []
        is_missing = False
        for installation, problem in self._unasked.values():
            if self._may_know(installation):
                account = installation.account
                told.append(Unasked(None if account is None else account.login, str(problem)))
            else:  # That others suspended the app is no news for anybody else, and stays so.
                is_missing |= not isinstance(problem, AppShutOut)
        return [*told, SOMETHING_MISSING] if is_missing else told

    def _may_know(self, installation: InstallationObject) -> bool:
        """Whether the person has to do with an account. Local people come wherever the app does."""
        account, user = installation.account, self.user
        if account is None or user is None:
            return False
        if user.github_id is None or account.id in self.owners | {user.github_id}:
            return True
        return account.login.lower() in self.connected

    async def sees(self, found: RepositoryObject) -> bool:
        """Whether one of the installations sees a repository. Few have to be asked, as most see all of their account."""
        for each in self.installations:
            is_there = each.account is not None and each.account.id == found.owner.id
            if not is_there or each.suspended_at is not None:
                continue
            if each.sees_all or found.id in await self._chosen_for(each):
                return True
        return False

    async def permission(
        self, github: GitHub, installation: InstallationObject, found: RepositoryObject
    ) -> Permission | None:
        """What the person may do in a repository; None if GitHub does not show it to them."""
        if self.user is None:
            return None
        if installation.account is not None and self.user.github_id == installation.account.id:
            return Permission.ADMIN
        return await permission_of(github, found.full_name, self.user)

    async def _chosen_for(self, installation: InstallationObject) -> frozenset[int]:
        """What was chosen for an installation; nothing where it can't be asked."""
        if installation.id not in self._chosen:
            found: set[int] = set()
            try:
                github = await self.github(installation)
                for page in range(1, PAGES + 1):
                    listed, is_last = await github.installed_repositories(page)
                    found |= {each.id for each in listed}
                    if is_last:
                        break
            except IN_THE_WAY as error:
                self.note(installation, error)
            self._chosen[installation.id] = frozenset(found)
        return self._chosen[installation.id]


async def seen_by_app(runtime: Runtime, user_id: UUID, connected: frozenset[str]) -> SeenByApp:
    """What the app sees; nothing where there is no app, or the person may not go through it.

    Raises what is `IN_THE_WAY`.
    """
    visitor = await app_visitor(runtime, user_id)
    if visitor is None:
        return SeenByApp(runtime)
    installations = [each async for each in visitor.app.installations()]
    installations.sort(key=lambda each: each.id)
    return SeenByApp(runtime, visitor.user, installations, connected=connected)
