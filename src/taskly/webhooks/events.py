"""What the log says of webhooks. It is read by everybody in the workspace, so it names hosts, not addresses."""

from taskly.platform.events.change import Change


class WebhookChange(Change):
    """Something about a webhook; in the workspace's stream."""

    entity = "webhook"


class WebhookCreated(WebhookChange):
    """A webhook was made."""

    type = "webhook.created"


class WebhookUpdated(WebhookChange):
    """What it is for changed, or whether it is told anything."""

    type = "webhook.updated"


class WebhookSecretRotated(WebhookChange):
    """It got a new secret."""

    type = "webhook.secret_rotated"


class WebhookDeleted(WebhookChange):
    """A webhook was taken away."""

    type = "webhook.deleted"
