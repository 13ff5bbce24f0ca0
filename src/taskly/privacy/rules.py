"""Taking a person out of what others wrote and GitHub told; pure."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from taskly.search.grammar import LONGEST_QUERY

FORMER_MEMBER = "Former member"
NOBODY = "former_member"
"""What stands in texts in place of a login. No login has an underscore."""
SHORTER = "_"
"""Stands there where that would make a text longer than it may be."""
GHOST = "ghost"
"""What GitHub itself calls whoever has deleted their account."""

_NAME = re.compile(r'"[^"]*"|[^\s,()"]+')
_ASSIGNEES = re.compile(
    rf"(?<![A-Za-z_])(assignee:)((?:{_NAME.pattern})(?:,(?:{_NAME.pattern}))*)", re.IGNORECASE
)


def former_login(user_id: UUID) -> str:
    """A login that says nothing, is unlike any other, and that nobody can have."""
    return f"{NOBODY}~{user_id.hex}"


def without_mention(said: str, login: str, *, most: int) -> str:
    """A text in which no `@login` names anybody any more: in code, quotes and links, too, but not in an e-mail
    address. It has no more characters than it may have.
    """
    mention = re.compile(
        rf"(?<![A-Za-z0-9])@{re.escape(login)}(?![._-]*[A-Za-z0-9]|~[0-9a-f]{{8}})", re.IGNORECASE
    )
    cleaned = mention.sub(f"@{NOBODY}", said)
    return cleaned if len(cleaned) <= most else mention.sub(f"@{SHORTER}", said)


def _without_mention_in_items(
    items: list[dict[str, Any]], login: str, *, most: Mapping[str, int]
) -> list[dict[str, Any]]:
    """What a card lists, without mentions in those of its fields that are text."""
    return [
        item
        | {name: without_mention(item[name], login, most=most[name]) for name in most.keys() & item}
        for item in items
    ]


def without_filter(query: str, login: str, *, most: int) -> str:
    """A query in which `assignee:login`, also as one of several names, finds nobody any more. It has no more
    characters than it may have.
    """

    def of(nobody: str) -> str:
        def other(found: re.Match[str]) -> str:
            is_it = found[0].strip('"').lower() == login.lower()
            return nobody if is_it else found[0]

        return _ASSIGNEES.sub(lambda names: names[1] + _NAME.sub(other, names[2]), query)

    cleaned = of(NOBODY)
    return cleaned if len(cleaned) <= most else of(SHORTER)


def as_ghost(name: Any, login: str) -> Any:
    """The name of somebody at GitHub, or nobody's if it is the login."""
    return GHOST if isinstance(name, str) and name.lower() == login.lower() else name


_FIELDS: Mapping[tuple[str, str], Callable[[Any, str], Any]] = {
    ("pull_request", "author"): as_ghost,
    ("card", "title"): partial(without_mention, most=255),
    ("card", "description"): partial(without_mention, most=50_000),
    ("card", "acceptance_criteria"): partial(without_mention, most=50_000),
    ("card", "checklist"): partial(_without_mention_in_items, most={"text": 500}),
    ("card", "attachments"): partial(_without_mention_in_items, most={"title": 255, "url": 2000}),
    ("comment", "body"): partial(without_mention, most=20_000),
    ("view", "query"): partial(without_filter, most=LONGEST_QUERY),
}
"""Where things, and so their changes, hold logins: by entity and field."""

SIGNS: Mapping[str, str] = {"pull_request": '"', "card": "@", "comment": "@", "view": ""}
"""What stands before a login in the changes of an entity."""


def without_person(change: dict[str, Any], login: str) -> dict[str, Any]:
    """A change as it stands in the log, without this login."""
    cleaned = dict(change)
    for side in ("before", "after"):
        fields = change.get(side)
        if isinstance(fields, dict):
            cleaned[side] = {
                name: without_login(change["entity"], name, value, login)
                for name, value in fields.items()
            }
    return cleaned


def without_login(entity: str, name: str, value: Any, login: str) -> Any:
    """The value of one field of a thing, without this login."""
    edit = _FIELDS.get((entity, name))
    return value if edit is None or value is None else edit(value, login)
