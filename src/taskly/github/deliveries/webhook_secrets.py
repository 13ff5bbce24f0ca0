"""The secrets with which GitHub signs deliveries: one for each connection, encrypted at rest."""

from collections import OrderedDict
from uuid import UUID

from taskly.github.deliveries import delivery_repository
from taskly.github.models import GitRepository
from taskly.kit.crypto import KeyRing
from taskly.kit.tokens import make_opaque_token
from taskly.platform.runtime import Runtime

REMEMBERED = 1000
REMEMBERED_SECONDS = 60


def renew_secret(keys: KeyRing, row: GitRepository) -> None:
    """Give a connection a new secret; the one before counts until GitHub has taken it."""
    row.previous_webhook_secret = row.webhook_secret
    row.webhook_secret = keys.encrypt_text(make_opaque_token(), _owner(row.id))


def read_secret(keys: KeyRing, row: GitRepository) -> str:
    """The secret of a connection.

    Raises:
        LookupError: it has none.
        DecryptionError: the stored value is not one that we wrote for this connection.
    """
    if row.webhook_secret is None:
        raise LookupError(f"repository {row.id} has no webhook secret")
    return keys.decrypt_text(row.webhook_secret, _owner(row.id))


class KnownSecrets:
    """The secrets of connections that were asked for lately, so that a delivery costs one statement.

    One for each process. They are decrypted here and nowhere kept but in memory.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: OrderedDict[UUID, tuple[float, list[str]]] = OrderedDict()

    async def aclose(self) -> None:
        """Forget everything."""
        self._known.clear()

    def remembered(self, repository_id: UUID) -> list[str]:
        """The secrets as they were at most a minute ago; none if they were not asked for lately."""
        until, found = self._known.get(repository_id, (0.0, []))
        return found if self._runtime.clock.monotonic() < until else []

    async def ask(self, repository_id: UUID) -> list[str]:
        """The secrets as they are now; none if there is no such connection."""
        async with self._runtime.database.reading() as session:
            stored = await delivery_repository.webhook_secrets(session, repository_id)
        if stored is None:
            return []
        keys, owner = self._runtime.encryption, _owner(repository_id)
        found = [
            keys.decrypt_text(value, owner) for value in (stored.present, stored.previous) if value
        ]
        until = self._runtime.clock.monotonic() + REMEMBERED_SECONDS
        self._known[repository_id] = (until, found)
        self._known.move_to_end(repository_id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found


def _owner(repository_id: UUID) -> str:
    return f"git_repositories|webhook_secret|{repository_id}"
