"""The whole of this GitHub: everything there is, by the keys it is found by."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from taskly.fake_github.world.accounts import Account, Token
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.apps import App, Installation, Manifest
from taskly.fake_github.world.clock import Clock
from taskly.fake_github.world.faults import Faults
from taskly.fake_github.world.hooks import DeliveryLog, Envelope, Hook
from taskly.fake_github.world.limits import RateLimits
from taskly.fake_github.world.numbers import Numbers
from taskly.fake_github.world.repositories import Repository
from taskly.fake_github.world.requests import RequestLog
from taskly.fake_github.world.sign_in import SignIn


@dataclass(eq=False)
class GitHub:
    """State, and the look-ups that everything else is written in."""

    addresses: Addresses
    clock: Clock
    numbers: Numbers
    faults: Faults
    accounts: dict[str, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    repositories: dict[int, Repository] = field(default_factory=dict)
    former_names: dict[str, int] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    sign_in: SignIn = field(default_factory=SignIn)
    limits: RateLimits = field(default_factory=RateLimits)
    deliveries: DeliveryLog = field(default_factory=DeliveryLog)
    requests: RequestLog = field(default_factory=RequestLog)
    outbox: list[Envelope] = field(default_factory=list)
    """What happened and was not yet handed to the deliverer."""

    def now(self) -> datetime:
        """The time now."""
        return self.clock.now()

    def find_account(self, login: str) -> Account | None:
        """The account with this login, in any case."""
        return self.accounts.get(login.lower())

    def find_account_by_email(self, email: str) -> Account | None:
        """The account that commits with this address belong to."""
        wanted = email.lower()
        for account in self.accounts.values():
            if any(known.email.lower() == wanted for known in account.emails):
                return account
            if account.commit_email.lower() == wanted:
                return account
        return None

    def find_token(self, value: str) -> Token | None:
        """The token, when it is known and still good."""
        token = self.tokens.get(value)
        return None if token is None or token.is_expired(self.now()) else token

    def find_repository(self, owner: str, name: str) -> Repository | None:
        """The repository that has this name today, in any case."""
        wanted = f"{owner}/{name}".lower()
        for repository in self.repositories.values():
            if repository.full_name.lower() == wanted:
                return repository
        return None

    def find_renamed_repository(self, owner: str, name: str) -> Repository | None:
        """The repository that once had this name."""
        repository_id = self.former_names.get(f"{owner}/{name}".lower())
        return None if repository_id is None else self.repositories.get(repository_id)

    def installations_of(self, repository: Repository) -> list[int]:
        """The app installations that see the repository."""
        seen = (app.sees(repository.id, repository.owner) for app in self.apps.values())
        return [installation.id for installation in seen if installation is not None]

    def permissions_of_installation(self, installation_id: int) -> dict[str, str]:
        """What the app of the installation may do, by GitHub's names."""
        installation = self.find_installation(installation_id)
        return {} if installation is None else installation.permissions

    def find_installation(self, installation_id: int | None) -> Installation | None:
        """The installation with this id."""
        for app in self.apps.values():
            if installation_id in app.installations:
                return app.installations[installation_id]
        return None

    def hooks(self) -> Iterator[Hook]:
        """The webhooks of all repositories and apps."""
        for repository in self.repositories.values():
            yield from repository.hooks.values()
        for app in self.apps.values():
            if app.hook is not None:
                yield app.hook

    def new_guid(self) -> str:
        """A delivery's own identifier.

        It is random even where all else repeats itself: receivers remember it for long.
        """
        return str(uuid.uuid4())


def found_github(web: str, seed: int, clock: Clock | None = None) -> GitHub:
    """A GitHub at this address with nobody in it."""
    numbers = Numbers(seed)
    return GitHub(
        addresses=Addresses(web.rstrip("/")),
        clock=clock or Clock(),
        numbers=numbers,
        faults=Faults(numbers),
    )
