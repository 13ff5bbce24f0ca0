"""Starting an import, and taking away what came."""

from uuid import UUID

from taskly.boards import repository as boards_repository
from taskly.boards import service as boards
from taskly.boards.access import open_board_with_workspace
from taskly.imports import repository
from taskly.imports.access import ImportAccess
from taskly.imports.errors import ImportChangedSince, ImportedAlready, ImportNotReady
from taskly.imports.issues import removing
from taskly.imports.jobs import CarryOut, CarryOutIssues, LookAtIssues
from taskly.imports.models import BoardImport, ImportState, Source
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import note
from taskly.platform.http.problems import NotFound
from taskly.users.principal import Principal
from taskly.workspaces.models import Role


async def start(tx: Transaction, access: ImportAccess, user_id: UUID, *, again: bool) -> None:
    """Have a job make the board. Starting what was started changes nothing.

    `again` makes a second board of a file that is a board already. Issues come once in any case: with it, cards
    are brought up to date. One that failed before all issues were seen goes on looking at them.

    Raises:
        ImportNotReady: the board was removed, or the file is forgotten.
        ImportedAlready: the file is a board already, or is about to be one.
    """
    row = access.row
    there = row.state is ImportState.DONE and row.board_id is not None
    if there or row.state in {ImportState.READING, ImportState.STARTED}:
        return
    over = row.state in {ImportState.DONE, ImportState.REMOVED}
    if over or not await repository.has_plan(tx.session, row.id):
        raise ImportNotReady(
            "This import is over: ask for the issues again."
            if row.source is Source.GITHUB
            else "Send the file again: this import is over."
        )
    if row.source is not Source.GITHUB and access.same_as is not None and not again:
        raise ImportedAlready.by(access.same_as, "board")
    job = _job(row, user_id, again=again)
    is_read = not isinstance(job, LookAtIssues)
    row.state, row.problem = ImportState.STARTED if is_read else ImportState.READING, None
    row.job_id = tx.promise(job, workspace_id=row.workspace_id)
    note(
        tx.session,
        "import.started",
        user_id=user_id,
        subject_id=row.id,
        at=tx.now,
        workspace_id=row.workspace_id,
    )


def _job(
    row: BoardImport, user_id: UUID, *, again: bool
) -> CarryOut | CarryOutIssues | LookAtIssues:
    if row.source is not Source.GITHUB:
        return CarryOut(import_id=row.id, user_id=user_id, again=again)
    if not row.found:
        return LookAtIssues(import_id=row.id, user_id=user_id)
    return CarryOutIssues(import_id=row.id, user_id=user_id, again=again)


async def remove(
    tx: Transaction, principal: Principal, row: BoardImport, board_name: str | None
) -> None:
    """Take away what came: the board with everything on it, or the cards of issues. Of a preview, the preview.

    Raises:
        ImportNotReady: a job is at work, or was just now.
        ImportChangedSince: people changed the board, and its name was not typed.
        NotFound, Forbidden: the caller may not delete the board.
    """
    if row.source is Source.GITHUB:
        await removing.remove_issues(tx, principal, row, board_name)
        return
    board = None
    if row.board_id is not None:
        board = await open_board_with_workspace(
            tx, principal, row.board_id, needed=Role.ADMIN, archived=True
        )
    if await repository.import_row(tx.session, row.workspace_id, row.id, lock=True) is None:
        raise NotFound
    if row.state is ImportState.STARTED or (board is None and row.board_id is not None):
        raise ImportNotReady("A job makes the board just now: wait until it is done.")
    if board is not None:
        present = await boards_repository.board_row(tx.session, board.id)
        since = board.version - (row.board_version or 0)
        if since and board_name != present.name:
            raise ImportChangedSince(
                f"The board was changed {since} times since it came. To delete it all the same, send its "
                "name as `board_name`.",
                changes=since,
            )
        await boards.delete_board(tx, board)
    row.state = ImportState.REMOVED
    row.forget_file()
