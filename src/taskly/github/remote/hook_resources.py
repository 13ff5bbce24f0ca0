"""Webhooks and their deliveries, as the API shows them; see `resources`."""

from collections.abc import Sequence
from typing import Any

from taskly.github.remote.resources import GitHubObject, Moment, Name, Number


class _HookConfig(GitHubObject):
    url: str = ""


class HookObject(GitHubObject):
    """A webhook of a repository."""

    id: Number
    active: bool = True
    events: list[str] = []
    config: _HookConfig = _HookConfig()


class HookDeliveryObject(GitHubObject):
    """One attempt of a webhook to deliver something."""

    id: Number
    guid: Name
    """The same for all attempts."""
    delivered_at: Moment
    repository_id: Number | None = None
    """What it was about; only an app's webhook tells of several repositories."""
    status_code: int = 0
    """What it was answered; 0 if there was no answer."""

    @property
    def succeeded(self) -> bool:
        """Whether GitHub takes it for delivered."""
        return 200 <= self.status_code < 300


def hook_settings(url: str, secret: str, events: Sequence[str]) -> dict[str, Any]:
    """What a webhook is to be like, as it is written in a request."""
    return {
        "active": True,
        "events": list(events),
        "config": {"url": url, "content_type": "json", "secret": secret, "insecure_ssl": "0"},
    }
