"""GitHub's objects around GitHub Apps."""

from taskly.github.remote.resources import (
    Account,
    GitHubObject,
    Key,
    Moment,
    Number,
    RepositoryObject,
)
from taskly.github.rules.permissions import Permission


class InstallationObject(GitHubObject):
    """An app on an account."""

    id: Number
    account: Account | None = None
    suspended_at: Moment | None = None
    repository_selection: str = "selected"

    @property
    def sees_all(self) -> bool:
        """Whether it sees all repositories of the account; else those that were chosen."""
        return self.repository_selection == "all"


class InstallationToken(GitHubObject):
    """What an installation acts with, for an hour."""

    token: Key
    expires_at: Moment


class ConvertedManifest(GitHubObject):
    """A new app, with its secrets, which GitHub tells once."""

    id: Number
    slug: Key
    name: str = ""
    client_id: Key
    client_secret: Key
    webhook_secret: str | None = None
    pem: str


class InstalledRepositories(GitHubObject):
    """A page of what an installation sees."""

    repositories: list[RepositoryObject]


class PermissionObject(GitHubObject):
    """What somebody may do in a repository: `admin`, `write`, `read` or `none`."""

    permission: str
    user: Account | None = None

    @property
    def as_ours(self) -> Permission | None:
        """The permission; None if it is not even shown to them."""
        return next((each for each in Permission if each.value == self.permission), None)
