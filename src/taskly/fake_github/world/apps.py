"""GitHub Apps: programs with permissions of their own, installed on accounts."""

from dataclasses import dataclass, field
from datetime import datetime

from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.hooks import Hook


@dataclass(eq=False)
class Installation:
    """An app on an account. Without `repository_ids` it sees all repositories of the account."""

    id: int
    account: Account
    created_at: datetime
    updated_at: datetime
    repository_ids: list[int] | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    """What was granted; the app may ask for more by now."""
    suspended_at: datetime | None = None

    def covers(self, repository_id: int, owner: Account) -> bool:
        """Whether it is about this repository."""
        chosen = self.repository_ids
        return self.account.id == owner.id and (chosen is None or repository_id in chosen)


@dataclass(eq=False)
class App:
    """A GitHub App."""

    id: int
    slug: str
    name: str
    owner: Account
    client_id: str
    created_at: datetime
    updated_at: datetime
    permissions: dict[str, str]
    events: list[str]
    description: str | None = None
    external_url: str = "https://example.com"
    setup_url: str | None = None
    """Where people go once they have installed it."""
    public_key: str | None = None
    hook: Hook | None = None
    installations: dict[int, Installation] = field(default_factory=dict)

    def sees(self, repository_id: int, owner: Account) -> Installation | None:
        """The installation through which the app hears of this repository."""
        for installation in self.installations.values():
            if installation.suspended_at is None and installation.covers(repository_id, owner):
                return installation
        return None


@dataclass(frozen=True)
class Manifest:
    """An app that somebody wants, before its code is exchanged for it."""

    owner: Account
    name: str
    external_url: str
    permissions: dict[str, str]
    events: list[str]
    webhook_url: str | None
    webhook_secret: str | None
    callback_urls: list[str]
    setup_url: str | None
    description: str | None
