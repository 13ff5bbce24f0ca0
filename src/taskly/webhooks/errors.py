"""What can go wrong with webhooks."""

from taskly.platform.http.problems import Conflict, Invalid


class WebhookAddressRefused(Invalid):
    """The address is not one that we call."""

    code, title = "webhook_address_refused", "Webhooks can't go to this address"


class UnknownEventType(Invalid):
    """Nothing that happens here has this name."""

    code, title = "unknown_event_type", "Nothing that happens here has this name"


class TooManyWebhooks(Conflict):
    """A workspace has so many webhooks, and no more."""

    code, title = "too_many_webhooks", "The workspace has as many webhooks as it can have"


class DeliveryUnderWay(Conflict):
    """What is still being delivered can't be delivered again."""

    code, title = "delivery_under_way", "This delivery has not ended yet"
