"""Taking a person out of what others wrote and GitHub told; pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

FORMER_MEMBER = "Former member"
NOBODY = "former_member"
"""What stands in texts in place of a login. No login has an underscore."""
GHOST = "ghost"
"""What GitHub itself calls whoever has deleted their account."""

Edit = Callable[[Any], Any]


def former_login(user_id: UUID) -> str:
    """A login that says nothing, is unlike any other, and that nobody can have."""
    return f"{NOBODY}~{user_id.hex}"


def without_mention(markdown: str, login: str) -> str:
    """A text in which `@login` names nobody any more."""
    return re.sub(
        rf"(?<![\w@./`-])@{re.escape(login)}(?![\w-])", f"@{NOBODY}", markdown, flags=re.IGNORECASE
    )


def without_filter(query: str, login: str) -> str:
    """A query in which `assignee:login` finds nobody any more."""
    return re.sub(rf"(?<=:){re.escape(login)}(?![\w-])", NOBODY, query, flags=re.IGNORECASE)


def as_ghost(name: Any, login: str) -> Any:
    """The name of somebody at GitHub, or nobody's if it is the login."""
    return GHOST if isinstance(name, str) and name.lower() == login.lower() else name


_FIELDS: Mapping[tuple[str, str], Callable[[Any, str], Any]] = {
    ("pull_request", "author"): as_ghost,
    ("comment", "body"): without_mention,
    ("view", "query"): without_filter,
}
"""Where changes hold logins: by entity and field."""

ENTITIES = tuple(sorted({entity for entity, _ in _FIELDS}))


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
