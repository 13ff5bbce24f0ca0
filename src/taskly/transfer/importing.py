"""Making a workspace of a file: everything anew, all of it or nothing.

The file is read twice: once to check it and to learn its ids, once to store it. Whoever reads it in becomes
admin. Nobody else gains access by it: people of the file become placeholders, who can't sign in, unless
admins may take people in here without asking them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotSignedIn
from taskly.transfer import import_repository as repository
from taskly.transfer.examination import Examination, Line, Row
from taskly.transfer.identities import Ids, fresh_ids, with_ids
from taskly.transfer.jobs import ImportWorkspace
from taskly.transfer.lines import raw_lines
from taskly.transfer.tables import IMPLIED, Exported
from taskly.transfer.validation import defaults_of
from taskly.users.rules import stale_login
from taskly.workspaces.events import MemberUpdated, WorkspaceImported
from taskly.workspaces.models import Role
from taskly.workspaces.service import join

ROWS_AT_A_TIME = 200
ROWS_BETWEEN_REPORTS = 5000
BRANCH_LEFT = "The workspace was moved while this branch was being created. Create it again."


async def examine(session: AsyncSession, upload_id: UUID) -> Examination:
    """Check a whole file.

    Raises:
        FileRefused: with what is wrong, and where.
    """
    examination = Examination()
    async for number, raw in raw_lines(session, upload_id):
        if number > 1:
            examination.look_at(number, raw)
    examination.conclude()
    return examination


@dataclass(slots=True)
class Import:
    """A file on its way to being a workspace."""

    tx: Transaction
    user_id: UUID
    examination: Examination
    ids: Ids
    """New ids by old ones."""
    known: frozenset[str]
    """New ids of people who have an account here."""
    _pending: list[Row] = field(default_factory=list)
    _table: Exported | None = None

    @property
    def workspace_id(self) -> UUID:
        """The new workspace."""
        return UUID(self.ids[self.examination.workspace_id])

    async def take(self, line: Line) -> None:
        """Store a row, or keep it until there are enough of its table to be stored together."""
        if line.table is not self._table or len(self._pending) >= ROWS_AT_A_TIME:
            await self.store()
        self._table = line.table
        row = with_ids(line.row, self.ids)
        if not (line.table.name == "users" and row["id"] in self.known):
            self._pending.append(self._made(line.table, row))

    async def store(self) -> None:
        """Store what is kept."""
        if self._table is not None and self._pending:
            columns = list(self._pending[0])
            await repository.add_rows(self.tx.session, self._table, columns, self._pending)
        self._pending.clear()

    def _made(self, table: Exported, row: Row) -> Row:
        """The row as it is stored: with what no file says."""
        made = defaults_of(table) | row
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
            "name_chosen": True,
            "verified_emails": [],
            "github_scopes": [],
            "created_at": self.tx.now,
            "updated_at": self.tx.now,
            "deleted_at": self.tx.now,
            "placeholder_of": self.workspace_id,
        }


async def make_workspace(
    tx: Transaction,
    job: ImportWorkspace,
    examination: Examination,
    *,
    take_in: bool,
    progress: Callable[[int], Awaitable[None]],
) -> Import:
    """Store a file that was examined. With `take_in`, people of the file who have an account here are members.

    Raises:
        NotSignedIn: whoever wanted it has gone.
        sqlalchemy.exc.IntegrityError: a rule of the database does not hold.
    """
    known = await _people_here(tx.session, job.user_id, examination, take_in=take_in)
    ids = {**fresh_ids(examination.ids), **known}
    work = Import(tx, job.user_id, examination, ids, frozenset(known.values()))
    again = Examination()
    async for number, raw in raw_lines(tx.session, job.upload_id):
        line = again.look_at(number, raw) if number > 1 else None
        if line is not None:
            await work.take(line)
        if number % ROWS_BETWEEN_REPORTS == 0:
            await progress(number)
    await work.store()
    await _record(work)
    return work


async def _people_here(
    session: AsyncSession, user_id: UUID, examination: Examination, *, take_in: bool
) -> dict[str, str]:
    """Whom of the file people here are: by their own ids, or by those that they have at GitHub."""
    people = examination.people
    by_github = {row["github_id"]: id_ for id_, row in people.items() if row["github_id"]}
    found: dict[str, str] = {}
    here_now = await repository.people_here(session, [*map(UUID, people), user_id], list(by_github))
    if user_id not in {person.id for person in here_now}:
        raise NotSignedIn
    for person in here_now:
        here = str(person.id)
        there = by_github.get(person.github_id or 0) or (here if here in people else None)
        if there is not None and (take_in or person.id == user_id):
            found.setdefault(there, here)
    return found


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
