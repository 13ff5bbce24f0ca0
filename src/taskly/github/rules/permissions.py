"""What an account may do in a repository, and whether that is enough to connect it."""

import enum
from collections.abc import Mapping
from typing import Any


class Permission(enum.StrEnum):
    """What an account may do in a repository, in the words of GitHub's pages: each includes those below it."""

    ADMIN = "admin"
    MAINTAIN = "maintain"
    WRITE = "write"
    TRIAGE = "triage"
    READ = "read"


_PAGES = {"repository_hooks": "Webhooks", "statuses": "Commit statuses"}
"""Permissions of apps that GitHub's pages call something else than its API does."""
_WORDS = {"push": Permission.WRITE, "pull": Permission.READ}
"""The API's older words for two of them."""


def permission_in(permissions: Mapping[str, Any]) -> Permission:
    """The highest permission that GitHub's `permissions` grant; whoever sees a repository may read it."""
    granted = {_WORDS.get(name, name) for name, given in permissions.items() if given is True}
    return next((each for each in Permission if each in granted), Permission.READ)


def needed_of_app(accepted: str) -> list[str]:
    """The permissions that an app needs for a request, as GitHub's pages name them.

    GitHub says in a header what it accepts: `checks=read`, several with commas, and what would do as well after a
    semicolon.
    """
    wanted = (each.strip().partition("=") for each in accepted.partition(";")[0].split(","))
    return [f"{_PAGES.get(name) or _plain(name)}: {level}" for name, _, level in wanted if level]


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def why_not_connected(full_name: str, permission: Permission, *, archived: bool) -> str | None:
    """Why an account can't connect a repository, in a sentence that says what to do; None if it can."""
    if archived:
        return f"{full_name} is archived at GitHub: unarchive it there to connect it."
    if permission is not Permission.ADMIN:
        return (
            f"Your GitHub account does not administer {full_name}, it may {_MAY[permission]}: ask somebody who "
            "administers it to connect it."
        )
    return None


_MAY = {
    Permission.MAINTAIN: "maintain it",
    Permission.WRITE: "write to it",
    Permission.TRIAGE: "triage its issues and pull requests",
    Permission.READ: "read it",
}
