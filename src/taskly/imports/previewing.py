"""Reading a file, and showing what it would become."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from taskly.imports import repository
from taskly.imports.errors import ImportFileInvalid, ImportNotReady
from taskly.imports.models import BY_COLUMN, FILE_NAME_LENGTH, BoardImport, ImportState, Source
from taskly.imports.schemas import UpdateImport
from taskly.imports.sources.drafting import one_line, short_name
from taskly.imports.sources.jira import read_jira
from taskly.imports.sources.plain_csv import GUESSES, read_csv
from taskly.imports.sources.plan import FileUnreadable, Plan
from taskly.imports.sources.trello import read_trello
from taskly.kit.ids import new_id
from taskly.kit.json import MalformedJson, loads_strict
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.http.problems import Invalid
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.errors import NotAMember
from taskly.workspaces.models import Role
from taskly.workspaces.repository import outsiders_among

_MAPPING = TypeAdapter(dict[str, str])


def read_mapping(source: Source, written: str | None) -> dict[str, str]:
    """Headers by fields, as JSON says them.

    Raises:
        Invalid: it is no such JSON, or there is no such field, or the headers of such files are known.
    """
    if written is None:
        return {}
    if source is not Source.CSV:
        raise Invalid(f"query.mapping: it is for csv; what a file of {source.value} has is known.")
    try:
        mapping = _MAPPING.validate_python(loads_strict(written.encode()))
    except (MalformedJson, ValidationError):
        raise Invalid('query.mapping: write it as JSON, such as {"title": "What"}.') from None
    if unknown := mapping.keys() - GUESSES.keys():
        fields = ", ".join(GUESSES)
        raise Invalid(f"query.mapping: {min(unknown)} is no field; there are {fields}.")
    return mapping


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its plan, also as it is stored, and what is the same for the same file."""

    source: Source
    plan: Plan
    stored: JsonObject
    found: JsonObject
    digest: bytes


async def read_file(source: Source, content: bytes, mapping: Mapping[str, str]) -> ReadFile:
    """What a file comes to. It is read in a thread, so that nobody waits for a large one.

    Raises:
        ImportFileInvalid: the file is not what it was said to be.
    """
    readers = {
        Source.CSV: partial(read_csv, content, mapping),
        Source.JIRA: partial(read_jira, content),
        Source.TRELLO: partial(read_trello, content),
    }

    def read() -> ReadFile:
        plan = readers[source]()
        stored = plan.model_dump(mode="json")
        columns = [
            {"name": column.name, "category": column.category.value, "cards": cards}
            for column, cards in zip(plan.columns, plan.cards_in_columns(), strict=True)
        ]
        found = {**plan.counts(), BY_COLUMN: columns}
        return ReadFile(source, plan, stored, found, sha256(content).digest())

    try:
        return await asyncio.to_thread(read)
    except FileUnreadable as refusal:
        raise ImportFileInvalid(str(refusal)) from None


async def keep_plan(
    tx: Transaction, principal: Principal, workspace_id: UUID, file_name: str, read: ReadFile
) -> BoardImport:
    """Keep what a file comes to, until somebody starts it.

    Raises:
        NotFound, Forbidden: while the file came, the workspace went, or the caller's right.
    """
    await open_workspace(tx.session, principal, workspace_id, Role.MEMBER)
    plan = read.plan
    known = await repository.members_called(tx.session, workspace_id, plan.people)
    name = one_line(file_name)[:FILE_NAME_LENGTH]
    row = BoardImport(
        id=new_id(),
        workspace_id=workspace_id,
        created_by=principal.user_id,
        created_at=tx.now,
        source=read.source,
        file_name=name,
        file_hash=read.digest,
        state=ImportState.PREVIEWED,
        board_name=plan.name or short_name(PurePath(name).stem) or "Imported",
        board_key=None,
        people={person: _id(known.get(person)) for person in plan.people},
        plan=read.stored,
        found=read.found,
        notes=[note.model_dump() for note in plan.notes],
        job_id=None,
        board_id=None,
        board_version=None,
        receipt=None,
        problem=None,
        finished_at=None,
    )
    tx.session.add(row)
    return row


async def change_preview(tx: Transaction, row: BoardImport, patch: UpdateImport) -> None:
    """Say what the board is to be called, and who the people of the file are.

    Raises:
        ImportNotReady: it was started.
        Invalid: the file names nobody like that.
        NotAMember: somebody is not in the workspace.
    """
    if row.state not in {ImportState.PREVIEWED, ImportState.FAILED}:
        raise ImportNotReady("It was started already: what is to change now changes on the board.")
    changes = patch.changes()
    if row.source is Source.GITHUB and changes.keys() - {"people"}:
        raise Invalid(
            "body.board_name: the board of issues is there already, and has a name and a key."
        )
    matched = changes.pop("people", {})
    if unknown := matched.keys() - row.people.keys():
        raise Invalid(f"body.people: the file names nobody called {min(unknown)}.")
    wanted = [user_id for user_id in matched.values() if user_id is not None]
    if wanted and await outsiders_among(tx.session, row.workspace_id, wanted):
        raise NotAMember
    row.people = {**row.people, **{name: _id(user_id) for name, user_id in matched.items()}}
    for name, value in changes.items():
        setattr(row, name, value)


def _id(user_id: UUID | None) -> str | None:
    return None if user_id is None else str(user_id)
