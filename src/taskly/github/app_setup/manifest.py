"""What the GitHub App is to be: its permissions, its events, and the addresses that GitHub is given."""

from typing import Any
from urllib.parse import urlsplit

from taskly.github.deliveries.payloads import EVENTS
from taskly.github.urls import WEBHOOK_PATH
from taskly.kit.origins import is_loopback, split_origin
from taskly.platform.settings import Settings
from taskly.users.github_oauth import redirect_uri

CREATED_PATH = "/api/v1/github-app/created"
INSTALLED_PATH = "/api/v1/github-app/installed"
LONGEST_NAME = 34
"""GitHub takes no longer ones."""
PERMISSIONS = {
    "checks": "read",
    "contents": "write",
    "emails": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
"""Why each is needed is in docs/guides/github-app.md."""


def manifest(settings: Settings) -> dict[str, Any]:
    """The manifest of the app, as GitHub's page for new apps takes it."""
    url = settings.public_url
    return {
        "name": f"Taskly {urlsplit(url).hostname or ''}".strip()[:LONGEST_NAME],
        "url": url,
        "description": "Project boards that follow the code.",
        "hook_attributes": {"url": f"{url}{WEBHOOK_PATH}", "active": _can_be_reached(settings)},
        "redirect_url": f"{url}{CREATED_PATH}",
        "callback_urls": [redirect_uri(settings)],
        "setup_url": f"{url}{INSTALLED_PATH}",
        "setup_on_update": True,
        "public": False,
        "default_permissions": dict(PERMISSIONS),
        "default_events": sorted(EVENTS),
    }


def _can_be_reached(settings: Settings) -> bool:
    """Whether GitHub could deliver anything here; what is on this machine alone is asked for instead."""
    here, there = (
        is_loopback(split_origin(url)[0]) for url in (settings.public_url, settings.github_web_url)
    )
    return there or not here
