"""Looking at files, making workspaces of them, and forgetting those that nobody has read."""

import asyncio
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import DBAPIError, IntegrityError

from taskly.imports.errors import BROKE_OFF
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import as_noted
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import Death, JobSpec, handles
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.statistics import RenewStatistics
from taskly.platform.jobs.work import GiveUp, Work
from taskly.transfer import import_repository
from taskly.transfer import upload_repository as repository
from taskly.transfer.errors import FileRefused, Mistake
from taskly.transfer.examination import Examination
from taskly.transfer.identities import Ids, fresh_ids
from taskly.transfer.importing import Making, Progress, examine, make_workspace, people_here
from taskly.transfer.jobs import ExamineFile, ForgetUploads, ImportWorkspace
from taskly.transfer.models import WorkspaceImport, WorkspaceImportState
from taskly.transfer.previewing import changes_of, not_in_file, people_of

KEEP_UPLOADS = timedelta(days=2)
KEEP_PEOPLE = timedelta(days=30)
"""So long an import says whom its file names."""
AT_A_TIME = 50
_BAD_VALUE = "22"
"""The class of SQLSTATE for values that a column does not take."""


_AT_WORK: dict[type[JobSpec], WorkspaceImportState] = {
    ExamineFile: WorkspaceImportState.EXAMINING,
    ImportWorkspace: WorkspaceImportState.STARTED,
}


async def note_failure(tx: Transaction, job: ExamineFile | ImportWorkspace, death: Death) -> None:
    """The job for which the import waits has died: say so, and let it be started again."""
    row = await import_repository.import_row(tx.session, job.import_id, lock=True)
    if row is None or row.job_id != death.job_id:
        return
    if row.state is _AT_WORK[type(job)]:
        row.state, row.problem = WorkspaceImportState.FAILED, BROKE_OFF
        row.finished_at = tx.now


def _is_its_work(work: Work, job: JobSpec, row: WorkspaceImport | None) -> bool:
    """Whether the import waits for just this job. One that has died may be tried again, until it is started anew."""
    waits = {_AT_WORK[type(job)], WorkspaceImportState.FAILED}
    return row is not None and row.job_id == work.job_id and row.state in waits


@handles(ExamineFile, on_dead=note_failure)
async def examine_file(work: Work, job: ExamineFile) -> JsonObject | None:
    """What is wrong with a file, or what it comes to, stands in its row."""
    try:
        async with work.reading() as session:
            row = await import_repository.import_row(session, job.import_id)
            if not _is_its_work(work, job, row):
                return {"gone": True}
            size = await repository.size(session, job.import_id)
            examination = await examine(session, job.import_id, partial(work.progress, total=size))
        async with work.last_transaction(result={"state": "previewed"}) as tx:
            row = await import_repository.import_row(tx.session, job.import_id, lock=True)
            if row is not None and _is_its_work(work, job, row):
                await _show(work, tx, row, examination)
    except FileRefused as refusal:
        await _refuse(work, job, refusal)
    return None


async def _show(
    work: Work, tx: Transaction, row: WorkspaceImport, examination: Examination
) -> None:
    take_in = work.runtime.settings.direct_members_allowed
    known = await people_here(tx.session, row.created_by, examination, take_in=take_in)
    row.state, row.problem, row.finished_at = WorkspaceImportState.PREVIEWED, None, None
    row.workspace_name, row.counts = examination.workspace_name, examination.counts
    row.people = people_of(examination, known)
    row.notes = [*changes_of(examination, known, row.created_by), *not_in_file()]


async def _refuse(work: Work, job: ExamineFile | ImportWorkspace, refusal: FileRefused) -> None:
    result = {"refused": refusal.as_json()}
    async with work.last_transaction(result=result) as tx:
        row = await import_repository.import_row(tx.session, job.import_id, lock=True)
        if row is not None and _is_its_work(work, job, row):
            row.state, row.mistakes = WorkspaceImportState.REFUSED, refusal.as_json()
            row.problem, row.finished_at = str(refusal), tx.now
            await repository.forget_upload(tx.session, row.id)


@handles(ImportWorkspace, on_dead=note_failure)
async def import_workspace(work: Work, job: ImportWorkspace) -> JsonObject | None:
    """In one transaction with its result, so that it happens once; what is wrong with a file is the result.

    The file is examined once more: the rules may be others than when it was looked at.
    """
    try:
        async with work.reading() as session:
            row = await import_repository.import_row(session, job.import_id)
            if not _is_its_work(work, job, row):
                return {"gone": True}
            size = await repository.size(session, job.import_id)
            progress = partial(work.progress, total=2 * size)
            examination = await examine(session, job.import_id, progress)
        # Before the transaction, which may not think for long.
        ids = await asyncio.to_thread(fresh_ids, examination.ids)
        await _store(work, job, examination, ids, lambda read: progress(size + read))
    except FileRefused as refusal:
        await _refuse(work, job, refusal)
    except NotSignedIn:
        raise GiveUp("whoever sent the file has no account any more") from None
    return None


async def _store(
    work: Work, job: ImportWorkspace, examination: Examination, ids: Ids, progress: Progress
) -> None:
    result: JsonObject = {}
    take_in = work.runtime.settings.direct_members_allowed
    try:
        async with (
            as_noted(work.reading, job.user_id, job.import_id),
            work.last_transaction(Actor.user(job.user_id), result=result) as tx,
        ):
            making = Making(tx, job, examination, ids, take_in, progress)
            made = await make_workspace(making)
            row = await import_repository.import_row(tx.session, job.import_id, lock=True)
            if row is None or not _is_its_work(work, job, row):
                raise GiveUp("the import is gone")
            row.state, row.problem = WorkspaceImportState.DONE, None
            row.finished_at = tx.clock.now()
            row.workspace_id, row.receipt = made.workspace_id, made.receipt
            row.events = made.receipt["made"]["events"] + len(tx.log.recorded)
            await repository.forget_upload(tx.session, job.import_id)
            tx.promise(RenewStatistics())
            result |= {"workspace_id": str(made.workspace_id), "receipt": made.receipt}
    except DBAPIError as error:
        raise _refusal(error) or error from error


def _refusal(error: DBAPIError) -> FileRefused | None:
    """What a rule of the database means for the file; None if the file is not to blame."""
    cause = getattr(error.orig, "__cause__", None)
    state = str(getattr(cause, "sqlstate", None) or "")
    if not isinstance(error, IntegrityError) and not state.startswith(_BAD_VALUE):
        return None
    table = str(getattr(cause, "table_name", None) or "file")
    rule = getattr(cause, "constraint_name", None) or "a value that the column does not take"
    return FileRefused([Mistake(0, table, f"A rule of the database does not hold: {rule}.")])


@handles(ForgetUploads)
async def forget_uploads(work: Work, _job: ForgetUploads) -> dict[str, int]:
    """In small transactions; how many pieces went, and of how many imports the people."""
    return {
        "parts": await work.forget(repository.forget_parts, KEEP_UPLOADS, size=AT_A_TIME),
        "imports": await work.forget(import_repository.forget_people, KEEP_PEOPLE, size=AT_A_TIME),
    }


every(3600, ForgetUploads())
