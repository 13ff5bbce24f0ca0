"""What a file comes to here: who its people are, and what is not as it was; pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from taskly.transfer.examination import MOST_EXAMPLES, Examination
from taskly.transfer.tables import NOT_IN_FILES
from taskly.workspaces.models import Role

MOST_PEOPLE = 500

Known = Mapping[str, str]
"""Accounts here by people of the file."""
Note = dict[str, Any]


def people_of(examination: Examination, known: Known) -> dict[str, str | None]:
    """Who of the file is somebody here, by login; those who are come first, of several who are called alike too."""
    found: dict[str, str | None] = {}
    for id_ in sorted(examination.people, key=lambda id_: id_ not in known)[:MOST_PEOPLE]:
        found.setdefault(examination.people[id_]["login"], known.get(id_))
    return found


def not_in_file() -> list[Note]:
    """What no file has."""
    return [
        _note("not_in_file", about, None, (), f"Not in files of workspaces: {why}.")
        for about, why in NOT_IN_FILES.items()
    ]


def changes_of(examination: Examination, known: Known, user_id: UUID) -> list[Note]:
    """What will not be as it is in the file."""
    people, members = examination.people, examination.members
    logins = [row["login"] for id_, row in people.items() if id_ not in known]
    joining = [id_ for id_, here in known.items() if id_ in members and here != str(user_id)]
    roles = [
        members[id_]["role"]
        for id_, here in known.items()
        if here == str(user_id) and id_ in members
    ]
    notes = [
        _note("placeholder", "people", len(logins), logins, _PLACEHOLDER),
        _note("member", "people", len(joining), [people[id_]["login"] for id_ in joining], _MEMBER),
        _note(
            "disconnected",
            "repositories",
            examination.counts.get("git_repositories", 0),
            examination.repositories,
            "Connect them again.",
        ),
        _note("failed", "branches", examination.unfinished_branches, (), "Create them again."),
    ]
    if not roles:
        notes.append(_note("added", "members", 1, (), "Whoever reads a file in is admin."))
    elif roles != [Role.ADMIN.value]:
        notes.append(_note("role_raised", "members", 1, roles, "Whoever reads a file in is admin."))
    return [note for note in notes if note["count"]]


_PLACEHOLDER = "They have no account here, or would have to be asked first: work is theirs, and nobody signs in as them."
_MEMBER = "They have an account here, and people are added here without being asked."


def _note(kind: str, about: str, count: int | None, examples: Sequence[str], why: str) -> Note:
    shown = list(examples[:MOST_EXAMPLES])
    return {"kind": kind, "about": about, "count": count, "examples": shown, "why": why}
