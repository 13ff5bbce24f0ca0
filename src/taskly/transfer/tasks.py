"""Reading files, and forgetting those that nobody has read."""

import asyncio
from datetime import timedelta
from functools import partial

from sqlalchemy.exc import DBAPIError, IntegrityError

from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import GiveUp, Work
from taskly.transfer import upload_repository as repository
from taskly.transfer.errors import FileRefused, Mistake
from taskly.transfer.examination import Examination
from taskly.transfer.identities import Ids, fresh_ids
from taskly.transfer.importing import Progress, examine, make_workspace
from taskly.transfer.jobs import ForgetUploads, ImportWorkspace

KEEP_UPLOADS = timedelta(days=2)
PARTS_AT_A_TIME = 50
_BAD_VALUE = "22"
"""The class of SQLSTATE for values that a column does not take."""


async def forget_file(tx: Transaction, job: ImportWorkspace, _reason: str) -> None:
    """Nobody will read it."""
    await repository.forget_upload(tx.session, job.upload_id)


@handles(ImportWorkspace, on_dead=forget_file)
async def import_workspace(work: Work, job: ImportWorkspace) -> JsonObject | None:
    """In one transaction with its result, so that it happens once; what is wrong with a file is the result."""
    try:
        async with work.reading() as session:
            size = await repository.size(session, job.upload_id)
            progress = partial(work.progress, total=2 * size)
            examination = await examine(session, job.upload_id, progress)
        # Before the transaction, which may not think for long.
        ids = await asyncio.to_thread(fresh_ids, examination.ids)
        await _store(work, job, examination, ids, lambda read: progress(size + read))
    except FileRefused as refusal:
        refused = {"refused": refusal.as_json()}
        async with work.last_transaction(Actor.user(job.user_id), result=refused) as tx:
            await repository.forget_upload(tx.session, job.upload_id)
    except NotSignedIn:
        raise GiveUp("whoever sent the file has no account any more") from None
    return None


async def _store(
    work: Work, job: ImportWorkspace, examination: Examination, ids: Ids, progress: Progress
) -> None:
    result: JsonObject = {}
    try:
        async with work.last_transaction(Actor.user(job.user_id), result=result) as tx:
            made = await make_workspace(
                tx,
                job,
                examination,
                ids,
                take_in=work.runtime.settings.direct_members_allowed,
                progress=progress,
            )
            await repository.forget_upload(tx.session, job.upload_id)
            result |= {
                "workspace_id": str(made.workspace_id),
                "rows": examination.counts,
                "people": {
                    "known": len(made.known),
                    "placeholders": len(examination.people) - len(made.known),
                },
            }
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
    """Delete in small transactions; how many pieces went."""
    before, forgotten = work.runtime.clock.now() - KEEP_UPLOADS, 0
    while True:
        async with work.transaction() as tx:
            batch = await repository.forget_parts(tx.session, before, limit=PARTS_AT_A_TIME)
        forgotten += batch
        if batch < PARTS_AT_A_TIME:
            return {"parts": forgotten}


every(3600, ForgetUploads())
