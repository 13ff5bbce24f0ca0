"""The way out for this domain, as the settings allow it: one for each process."""

from taskly.platform.http.outgoing import Outgoing
from taskly.platform.runtime import Runtime


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
