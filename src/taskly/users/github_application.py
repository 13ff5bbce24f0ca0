"""The application with which people sign in at GitHub: as the settings say, else the GitHub App that was made here.

Whoever signs in is taken in. So an app that was made for repositories signs nobody in until the operator says so.
"""

from dataclasses import dataclass, field

import structlog

from taskly.kit.crypto import DecryptionError
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.errors import GitHubNotConfigured
from taskly.users.github_app_models import secret_owner
from taskly.users.github_app_repository import app_row

REMEMBERED_SECONDS = 60
_NOT_CONFIGURED = (
    "Use a one-time link, set GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET, or make a GitHub App with `taskly "
    "github-app-link` and set GITHUB_SIGN_IN=true."
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GitHubApplication:
    """What GitHub knows us by when somebody signs in."""

    client_id: str
    client_secret: str = field(repr=False)


class KnownApplication:
    """The application, or that there is none, remembered for a minute, because the page of everybody who is not signed in
    asks. One for each process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: tuple[float, GitHubApplication | None] | None = None

    async def aclose(self) -> None:
        """Forget it."""
        self.forget()

    def forget(self) -> None:
        """Look again next time."""
        self._known = None

    async def read(self) -> GitHubApplication | None:
        """The application; None if there is none, or its secret can't be read here."""
        set_up = _set_up(self._runtime.settings)
        if set_up is not None:
            return set_up
        now = self._runtime.clock.monotonic()
        if self._known is not None and now < self._known[0]:
            return self._known[1]
        made = await self._made()
        self._known = (now + REMEMBERED_SECONDS, made)
        return made

    async def _made(self) -> GitHubApplication | None:
        async with self._runtime.database.reading() as session:
            row = await app_row(session)
        if row is None:
            return None
        owner = secret_owner("client_secret", row.github_id)
        try:
            secret = self._runtime.encryption.decrypt_text(row.client_secret, owner)
        except DecryptionError:
            log.warning("github.app_unreadable", app_id=row.github_id)
            return None
        return GitHubApplication(row.client_id, secret)


async def github_application(runtime: Runtime) -> GitHubApplication | None:
    """The application with which people sign in; see `KnownApplication`."""
    return await _known(runtime).read()


def forget_github_application(runtime: Runtime) -> None:
    """Let this process see a new one at once; others see it within a minute."""
    _known(runtime).forget()


async def sign_in_application(runtime: Runtime) -> GitHubApplication | None:
    """The same, if people may sign in with it now; what they gave before is renewed all the same."""
    return await github_application(runtime) if _may_sign_in(runtime.settings) else None


async def require_github_application(runtime: Runtime) -> GitHubApplication:
    """The application with which people signed in.

    Raises:
        GitHubNotConfigured: there is none.
    """
    return _required(await github_application(runtime))


async def require_sign_in_application(runtime: Runtime) -> GitHubApplication:
    """The same, to sign in with it now.

    Raises:
        GitHubNotConfigured: there is none, or people may not.
    """
    return _required(await sign_in_application(runtime))


def _known(runtime: Runtime) -> KnownApplication:
    return runtime.belongings.get(KnownApplication, lambda: KnownApplication(runtime))


def _required(application: GitHubApplication | None) -> GitHubApplication:
    if application is None:
        raise GitHubNotConfigured(_NOT_CONFIGURED)
    return application


def _may_sign_in(settings: Settings) -> bool:
    """As set, else where an application was set for it."""
    allowed = settings.github_sign_in
    return settings.has_github_application if allowed is None else allowed


def _set_up(settings: Settings) -> GitHubApplication | None:
    if settings.github_client_id is None or settings.github_client_secret is None:
        return None
    return GitHubApplication(
        settings.github_client_id, settings.github_client_secret.get_secret_value()
    )
