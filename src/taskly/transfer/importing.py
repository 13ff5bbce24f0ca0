"""Making a workspace of a file: everything anew, all of it or nothing.

The file is read twice: once to check it and to learn its ids, once to store it. Whoever reads it in becomes
admin. Nobody else gains access by it: people of the file become placeholders, who can't sign in, unless
admins may take people in here without asking them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.json import dumps, loads
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotSignedIn
from taskly.transfer import import_repository as repository
from taskly.transfer.errors import NotAllCame
from taskly.transfer.examination import Examination, Row
from taskly.transfer.identities import Ids, with_ids
from taskly.transfer.jobs import ImportWorkspace
from taskly.transfer.lines import pieces
from taskly.transfer.previewing import changes_of
from taskly.transfer.tables import IMPLIED, Exported, exported
from taskly.transfer.validation import completed
from taskly.users.rules import stale_login
from taskly.workspaces.events import MemberUpdated, WorkspaceImported
from taskly.workspaces.models import Role
from taskly.workspaces.service import join

ROWS_AT_A_TIME = 200
BRANCH_LEFT = "The workspace was moved while this branch was being created. Create it again."

Progress = Callable[[int], Awaitable[None]]
"""Told how many bytes of the file are behind it."""


async def examine(session: AsyncSession, import_id: UUID, progress: Progress) -> Examination:
    """Check a whole file. That is done in a thread, so that nobody waits for a large one.

    Raises:
        FileRefused: with what is wrong, and where.
    """
    examination = Examination()
    async for piece in pieces(session, import_id):
        await asyncio.to_thread(examination.look_at, piece.lines)
        await progress(piece.read)
    await asyncio.to_thread(examination.conclude)
    return examination


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one table that are stored together."""

    table: Exported
    columns: list[str]
    rows: str
    """As JSON."""


@dataclass(frozen=True, slots=True)
class Import:
    """A file on its way to being a workspace."""

    tx: Transaction
    user_id: UUID
    examination: Examination
    ids: Ids
    """New ids by old ones."""
    known: frozenset[str]
    """New ids of people who have an account here."""

    @property
    def workspace_id(self) -> UUID:
        """The new workspace."""
        return UUID(self.ids[self.examination.workspace_id])

    def batches(self, lines: Iterable[tuple[int, bytes]]) -> list[Batch]:
        """The rows of some lines, which were examined, as they are stored; pure, and slow."""
        contents = [loads(raw) for _, raw in lines if raw.strip()]
        found = []
        for name, some in groupby(contents, key=lambda content: content.get("table")):
            table = exported(str(name))
            if table is None:
                continue  # It is the end.
            rows = [self._made(table, with_ids(content["row"], self.ids)) for content in some]
            if name == "users":
                rows = [row for row in rows if row["id"] not in self.known]
            for start in range(0, len(rows), ROWS_AT_A_TIME):
                part = rows[start : start + ROWS_AT_A_TIME]
                found.append(Batch(table, list(part[0]), dumps(part).decode()))
        return found

    def _made(self, table: Exported, row: Row) -> Row:
        """The row as it is stored: with what no file says."""
        made = completed(table, row)
        if IMPLIED in table.table.columns:
            made[IMPLIED] = self.workspace_id
        if table.name == "users":
            made |= self._placeholder(row)
        elif table.name == "workspace_members" and row["user_id"] == str(self.user_id):
            made["role"] = Role.ADMIN.value
        elif table.name == "git_repositories":
            made |= {"permissions": {}, "active": False, "health": "disconnected"}
        elif table.name == "card_branches" and row["state"] == "creating":
            made |= {"state": "failed", "error": BRANCH_LEFT}
        return made

    def _placeholder(self, row: Row) -> Row:
        """Somebody whom the file names, and who has no account that could be used here."""
        return {
            "github_id": None,
            "login": stale_login(row["login"], row["id"].replace("-", "")[-12:]),
            "file_login": row["login"],
            "file_github_id": row.get("github_id"),
            "name_chosen": True,
            "verified_emails": [],
            "github_scopes": [],
            "created_at": self.tx.now,
            "updated_at": self.tx.now,
            "deleted_at": self.tx.now,
            "placeholder_of": self.workspace_id,
        }


@dataclass(frozen=True, slots=True)
class Made:
    """A workspace that was made of a file."""

    workspace_id: UUID
    receipt: dict[str, Any]
    """What the file had beside what the workspace has, and what is not as it was."""


@dataclass(frozen=True, slots=True)
class Making:
    """What a workspace is made of, and by whom."""

    tx: Transaction
    job: ImportWorkspace
    examination: Examination
    fresh: Ids
    """The ids that `fresh_ids` has made."""
    take_in: bool
    """Whether people of the file who have an account here are members."""
    progress: Progress


async def make_workspace(making: Making) -> Made:
    """Store a file that was examined.

    Raises:
        NotSignedIn: whoever wanted it has gone.
        NotAllCame: it would not be the whole workspace.
        sqlalchemy.exc.IntegrityError: a rule of the database does not hold.
    """
    tx, job, examination = making.tx, making.job, making.examination
    known = await people_here(
        tx.session, job.user_id, examination, take_in=making.take_in, lock=True
    )
    ids = {**making.fresh, **known}
    work = Import(tx, job.user_id, examination, ids, frozenset(known.values()))
    async for piece in pieces(tx.session, job.import_id):
        for batch in await asyncio.to_thread(work.batches, piece.lines):
            await repository.add_rows(tx.session, batch.table, batch.columns, batch.rows)
        await making.progress(piece.read)
    made = await repository.counts_of(tx.session, work.workspace_id)
    expected = {name: examination.counts.get(name, 0) for name in made}
    expected["users"] -= len(known)
    differences = [name for name in made if made[name] != expected[name]]
    if differences:
        raise NotAllCame(f"not as many as the file has: {', '.join(differences)}")
    await _record(work)
    receipt = {
        "expected": expected,
        "made": made,
        "differences": differences,
        "changes": changes_of(examination, known, job.user_id),
    }
    return Made(work.workspace_id, receipt)


async def people_here(
    session: AsyncSession,
    user_id: UUID,
    examination: Examination,
    *,
    take_in: bool,
    lock: bool = False,
) -> dict[str, str]:
    """Whom of the file people here are: by their own ids, or by those that they have at GitHub. Locked, those
    stay until the transaction ends; nobody else is held up.

    Raises:
        NotSignedIn: whoever reads the file in has gone.
    """
    people = examination.people
    by_github = {row["github_id"]: id_ for id_, row in people.items() if row["github_id"]}
    found: dict[str, str] = {}
    ids = [*map(UUID, people), user_id]
    for person in await repository.people_here(session, ids, list(by_github)):
        here = str(person.id)
        there = by_github.get(person.github_id or 0) or (here if here in people else None)
        if there is not None and (take_in or person.id == user_id):
            found.setdefault(there, here)
    staying = await repository.staying(session, {user_id, *map(UUID, found.values())}, lock=lock)
    if user_id not in staying:
        raise NotSignedIn
    return {there: here for there, here in found.items() if UUID(here) in staying}


async def _record(work: Import) -> None:
    """Say in the log that the workspace was read from a file, and see to it that the reader is its admin."""
    tx, workspace_id, examination = work.tx, work.workspace_id, work.examination
    await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
    name = {"name": examination.workspace_name}
    tx.record(workspace_id, WorkspaceImported(id=workspace_id, before=name, after=name))
    members = {work.ids[id_]: row for id_, row in examination.members.items()}
    own = members.get(str(work.user_id))
    if own is None:
        join(tx, workspace_id, work.user_id, Role.ADMIN)
    elif own["role"] != Role.ADMIN.value:
        before = {"role": own["role"], "capacity": own["capacity"]}
        after = {**before, "role": Role.ADMIN.value}
        tx.record(workspace_id, MemberUpdated(id=work.user_id, before=before, after=after))
