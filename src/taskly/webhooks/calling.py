"""The way out for this domain, as the settings allow it, and how many go it at a time: one for each process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from taskly.platform.http.outgoing import Outgoing
from taskly.platform.jobs.work import Retry
from taskly.platform.runtime import Runtime

MOST_AT_ONCE = 64
MOST_OF_WORKSPACE = 16
"""So that receivers of one workspace that hang don't keep the others from being told."""
FULL_SECONDS = 3.0


class Sendings:
    """The messages that are being sent, counted by workspace. They take no place in the worker, but memory and
    connections."""

    def __init__(self) -> None:
        self._under_way: Counter[UUID] = Counter()

    async def aclose(self) -> None:
        """Nothing is open."""

    @contextmanager
    def one_of(self, workspace_id: UUID) -> Iterator[None]:
        """Count one more while the block lasts.

        Raises:
            Retry: as many as can be are under way.
        """
        if (
            self._under_way.total() >= MOST_AT_ONCE
            or self._under_way[workspace_id] >= MOST_OF_WORKSPACE
        ):
            raise Retry("as many messages as can be are being sent", after=FULL_SECONDS)
        self._under_way[workspace_id] += 1
        try:
            yield
        finally:
            self._under_way[workspace_id] -= 1
            self._under_way += Counter()  # without those that have none


def sendings_of(runtime: Runtime) -> Sendings:
    """Counts what is being sent."""
    return runtime.belongings.get(Sendings, Sendings)


def outgoing_of(runtime: Runtime) -> Outgoing:
    """Sends requests to receivers."""
    settings = runtime.settings
    return runtime.belongings.get(
        Outgoing,
        lambda: Outgoing(
            allow_private=settings.webhooks_allow_private_addresses,
            allow_http=settings.webhooks_allow_http,
        ),
    )
