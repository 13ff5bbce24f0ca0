"""Taking a person out of what others wrote and GitHub told; pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from taskly.cards import rules

FORMER_MEMBER = "Former member"
NOBODY = "former_member"
"""What stands in texts in place of a login. No login has an underscore."""
GHOST = "ghost"
"""What GitHub itself calls whoever has deleted their account."""

_NAME = re.compile(r'"[^"]*"|[^\s,()"]+')
_ASSIGNEES = re.compile(
    rf"(?<![A-Za-z_])(assignee:)((?:{_NAME.pattern})(?:,(?:{_NAME.pattern}))*)", re.IGNORECASE
)


def former_login(user_id: UUID) -> str:
    """A login that says nothing, is unlike any other, and that nobody can have."""
    return f"{NOBODY}~{user_id.hex}"


def without_mention(markdown: str, login: str) -> str:
    """A text in which `@login` names nobody any more."""
    return rules.without_mention(markdown, login, NOBODY)


def without_filter(query: str, login: str) -> str:
    """A query in which `assignee:login`, also as one of several names, finds nobody any more."""

    def other(found: re.Match[str]) -> str:
        is_it = found[0].strip('"').lower() == login.lower()
        return NOBODY if is_it else found[0]

    return _ASSIGNEES.sub(lambda names: names[1] + _NAME.sub(other, names[2]), query)


def as_ghost(name: Any, login: str) -> Any:
    """The name of somebody at GitHub, or nobody's if it is the login."""
    return GHOST if isinstance(name, str) and name.lower() == login.lower() else name


_FIELDS: Mapping[tuple[str, str], Callable[[Any, str], Any]] = {
    ("pull_request", "author"): as_ghost,
    ("card", "description"): without_mention,
    ("card", "acceptance_criteria"): without_mention,
    ("comment", "body"): without_mention,
    ("view", "query"): without_filter,
}
"""Where changes hold logins: by entity and field."""

SIGNS: Mapping[str, str] = {"pull_request": '"', "card": "@", "comment": "@", "view": ""}
"""What stands before a login in the changes of an entity."""


def without_person(change: dict[str, Any], login: str) -> dict[str, Any]:
    """A change as it stands in the log, without this login."""
    cleaned = dict(change)
    for side in ("before", "after"):
        fields = change.get(side)
        if isinstance(fields, dict):
            cleaned[side] = {
                name: _clean(change["entity"], name, value, login) for name, value in fields.items()
            }
    return cleaned


def _clean(entity: str, name: str, value: Any, login: str) -> Any:
    edit = _FIELDS.get((entity, name))
    return value if edit is None or value is None else edit(value, login)
