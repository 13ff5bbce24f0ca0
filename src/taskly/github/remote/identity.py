"""Who this installation's GitHub App is: as the settings say, else as it was made on the page for that."""

from dataclasses import dataclass, field
from typing import Self

import structlog

from taskly.kit.crypto import DecryptionError, KeyRing
from taskly.platform.http.problems import Unavailable
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.github_app_models import GitHubAppRow, secret_owner
from taskly.users.github_app_repository import app_row

REMEMBERED_SECONDS = 60
_UNREADABLE = (
    "The GitHub App's secrets can't be read here: the key that they were encrypted with is missing."
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """A GitHub App, with what it signs and is told with."""

    id: int
    slug: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @classmethod
    def set_up(cls, settings: Settings) -> Self | None:
        """The app that the settings name."""
        if (
            settings.github_app_id is None
            or settings.github_app_slug is None
            or settings.github_app_private_key is None
            or settings.github_app_webhook_secret is None
        ):
            return None
        return cls(
            settings.github_app_id,
            settings.github_app_slug,
            settings.github_app_private_key.get_secret_value(),
            settings.github_app_webhook_secret.get_secret_value(),
        )

    @classmethod
    def stored(cls, keys: KeyRing, row: GitHubAppRow) -> Self:
        """The app of the row.

        Raises:
            DecryptionError: its secrets are not ones that we wrote for this app.
        """
        return cls(
            row.github_id,
            row.slug,
            keys.decrypt_text(row.private_key, secret_owner("private_key", row.github_id)),
            keys.decrypt_text(row.webhook_secret, secret_owner("webhook_secret", row.github_id)),
        )


class KnownIdentity:
    """Who the app is, remembered for a minute, because each of its deliveries asks. One for each process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: tuple[float, AppIdentity] | None = None

    async def aclose(self) -> None:
        """Forget it."""
        self._known = None

    async def read(self) -> AppIdentity | None:
        """Who it is; None if there is no app.

        Raises:
            Unavailable: its secrets can't be read here.
        """
        set_up = AppIdentity.set_up(self._runtime.settings)
        if set_up is not None:
            return set_up
        now = self._runtime.clock.monotonic()
        if self._known is not None and now < self._known[0]:
            return self._known[1]
        async with self._runtime.database.reading() as session:
            row = await app_row(session)
        if row is None:
            return None
        try:
            identity = AppIdentity.stored(self._runtime.encryption, row)
        except DecryptionError:
            log.exception("github.app_unreadable", app_id=row.github_id)
            raise Unavailable(_UNREADABLE) from None
        self._known = (now + REMEMBERED_SECONDS, identity)
        return identity


async def app_identity(runtime: Runtime) -> AppIdentity | None:
    """Who the app is; see `KnownIdentity`."""
    return await runtime.belongings.get(KnownIdentity, lambda: KnownIdentity(runtime)).read()
