"""Asking for the issues of a repository."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards import repository as boards
from taskly.boards.errors import BoardArchived, NoSuchBoard, NotOnBoard
from taskly.boards.models import Board, BoardColumn
from taskly.boards.rules import Category
from taskly.github import repository as repositories
from taskly.github.errors import GitHubNotFound, IssuesDisabled, NoRepository
from taskly.github.models import GitRepository
from taskly.github.remote.accounts import github_for, person_token
from taskly.imports.issues.plan import IssuesPlan, Wanted
from taskly.imports.issues.schemas import PreviewIssues
from taskly.imports.jobs import LookAtIssues
from taskly.imports.models import FILE_NAME_LENGTH, BoardImport, ImportState, Source
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.runtime import Runtime
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace
from taskly.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class _Places:
    """What a request names, found."""

    board: Board
    connection: GitRepository
    wanted: Wanted


async def ask_for_issues(
    runtime: Runtime,
    tx: Transaction,
    principal: Principal,
    workspace_id: UUID,
    body: PreviewIssues,
) -> BoardImport:
    """Have a job see what issues come to. Nothing is asked in the transaction before GitHub answered.

    Raises:
        NotFound, Forbidden: the caller is no member of the workspace.
        NoSuchBoard, NotOnBoard, BoardArchived: the board, or a column, is not one of here, or is not to be changed.
        NoRepository: it is not connected.
        GitHubNotFound: the account may not see the repository, or another one has its name by now.
        IssuesDisabled: it has no issues.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    async with runtime.database.reading() as session:
        places = await _find(session, workspace_id, body)
    await _check(runtime, principal.user_id, places.connection)
    await open_workspace(tx.session, principal, workspace_id, Role.MEMBER)
    row = _import(tx, principal, places)
    tx.session.add(row)
    await tx.session.flush()
    job = LookAtIssues(import_id=row.id, user_id=principal.user_id)
    row.job_id = tx.promise(job, workspace_id=workspace_id)
    await tx.session.flush()
    return row


async def _find(session: AsyncSession, workspace_id: UUID, body: PreviewIssues) -> _Places:
    board = await boards.board_of(session, workspace_id, body.board_id)
    if board is None:
        raise NoSuchBoard
    if board.archived_at is not None:
        raise BoardArchived
    found = await repositories.some_repositories(session, workspace_id, body.repository_id)
    if not found:
        raise NoRepository
    columns = await boards.columns_of(session, board.id)
    wanted = Wanted(
        repository_id=found[0].id,
        github_id=found[0].github_id,
        issues=body.issues,
        open_column_id=_column(columns, body.open_column_id, Category.TODO),
        done_column_id=_column(list(reversed(columns)), body.done_column_id, Category.DONE),
        comments=body.comments,
        update=body.update,
    )
    return _Places(board, found[0], wanted)


def _column(columns: Sequence[BoardColumn], column_id: UUID | None, category: Category) -> UUID:
    """The named column; else the first of the category, or at all."""
    if column_id is None:
        fitting = [each for each in columns if each.category is category]
        return (fitting or columns)[0].id
    if column_id not in {each.id for each in columns}:
        raise NotOnBoard("The board has no such column.")
    return column_id


async def _check(runtime: Runtime, user_id: UUID, connection: GitRepository) -> None:
    """See with one question what the job would fail for, while the caller waits."""
    full_name = connection.full_name
    github = github_for(runtime, await person_token(runtime, user_id))
    try:
        found = await github.repository(full_name)
    except GitHubNotFound:
        raise GitHubNotFound(
            f"GitHub has no repository {full_name} any more, or does not show it to your account."
        ) from None
    if found.id != connection.github_id:
        raise GitHubNotFound(
            f"Another repository is called {full_name} by now: compare the connection with GitHub to learn its new name."
        )
    if not found.has_issues:
        raise IssuesDisabled


def _import(tx: Transaction, principal: Principal, places: _Places) -> BoardImport:
    board, wanted = places.board, places.wanted
    return BoardImport(
        id=new_id(),
        workspace_id=board.workspace_id,
        created_by=principal.user_id,
        created_at=tx.now,
        source=Source.GITHUB,
        file_name=places.connection.full_name[:FILE_NAME_LENGTH],
        file_hash=sha256(f"issues of {wanted.github_id} for {board.id}".encode()).digest(),
        state=ImportState.READING,
        board_name=board.name,
        board_key=board.key,
        people={},
        plan=IssuesPlan(wanted=wanted).model_dump(mode="json"),
        found={},
        notes=[],
        job_id=None,
        board_id=board.id,
        board_version=None,
        receipt=None,
        problem=None,
        finished_at=None,
    )
