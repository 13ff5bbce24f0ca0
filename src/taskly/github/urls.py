"""Addresses of pages at GitHub and here, and of our webhook."""

from urllib.parse import quote
from uuid import UUID

WEBHOOK_PATH = "/api/v1/webhooks/github"


def branch_url(web_url: str, full_name: str, branch: str) -> str:
    """The page of a branch."""
    return f"{web_url}/{full_name}/tree/{quote(branch)}"


def commit_url(pull_request_url: str, sha: str) -> str:
    """The page of a commit among those of its pull request."""
    return f"{pull_request_url}/commits/{sha}"


def card_url(public_url: str, key: str, number: int) -> str:
    """The page of a card, here."""
    return f"{public_url}/c/{key}-{number}"


def hook_url(public_url: str, repository_id: UUID) -> str:
    """Where GitHub sends the deliveries of a connection.

    The address names the connection, so that its secret is found before anything in the request is
    believed, and so that a webhook is known again as ours when it was made and we died before noting it.
    """
    return f"{public_url}{WEBHOOK_PATH}/{repository_id}"
