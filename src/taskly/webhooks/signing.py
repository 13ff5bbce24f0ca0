"""The secrets of webhooks: encrypted at rest, two of them while they rotate."""

from datetime import datetime, timedelta

from taskly.kit.crypto import KeyRing
from taskly.kit.message_signatures import make_signing_secret
from taskly.webhooks.models import WebhookEndpoint

BOTH_COUNT_FOR = timedelta(days=1)
"""So long the secret before signs too, for receivers to take the new one."""


def renew_secret(keys: KeyRing, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Give a webhook a new secret, and return it: it is shown once."""
    made = make_signing_secret()
    if endpoint.secret is not None:
        endpoint.previous_secret = endpoint.secret
        endpoint.previous_secret_until = now + BOTH_COUNT_FOR
    endpoint.secret = keys.encrypt_text(made, _owner(endpoint))
    return made


def secrets_that_count(keys: KeyRing, endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The present secret, and the one before it for as long as both count.

    Raises:
        DecryptionError: a stored value is not one that we wrote for this webhook.
    """
    stored = [endpoint.secret]
    until = endpoint.previous_secret_until
    if endpoint.previous_secret is not None and until is not None and now < until:
        stored.append(endpoint.previous_secret)
    return [keys.decrypt_text(value, _owner(endpoint)) for value in stored]


def _owner(endpoint: WebhookEndpoint) -> str:
    return f"webhook_endpoints|secret|{endpoint.id}"
