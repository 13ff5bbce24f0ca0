"""Making boards of files, and forgetting what was read long ago."""

from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from taskly.boards.errors import KeyTaken
from taskly.imports import repository
from taskly.imports.carrying import fill_board, show_board
from taskly.imports.errors import BROKE_OFF, ImportedAlready
from taskly.imports.jobs import CarryOut, ForgetPlans
from taskly.imports.models import BoardImport, ImportState
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import as_noted
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import Death, handles
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.platform.jobs.failures import gave_way
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.statistics import RenewStatistics
from taskly.platform.jobs.work import Retry, Work
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace, open_workspace_to_change
from taskly.workspaces.models import Role

AGAIN_AFTER = timedelta(seconds=10)
KEEP_PLANS = timedelta(days=30)
PLANS_AT_A_TIME = 50


class _Superseded(Exception):
    """The import is gone, or was started anew and waits for another job: this one says nothing about it."""


async def note_failure(tx: Transaction, job: CarryOut, death: Death) -> None:
    """The job for which the import waits has died: say so, and let it be started again."""
    row = await repository.import_to_make(tx.session, job.import_id)
    if row is None or row.job_id != death.job_id:
        return
    if row.state is ImportState.STARTED:
        row.fail(BROKE_OFF, tx.now)


@handles(CarryOut, on_dead=note_failure)
async def carry_out(work: Work, job: CarryOut) -> JsonObject | None:
    """In one transaction with its result, so that it happens once, whoever is killed when.

    To give way to others is no failure of the job.
    """
    try:
        return await _carry_out(work, job)
    except DBAPIError as error:
        if not gave_way(error):
            raise
        raise Retry("others were at work in its workspace", after=AGAIN_AFTER) from error


async def _carry_out(work: Work, job: CarryOut) -> JsonObject | None:
    row = await _begin(work, job)
    if row is None:
        return {"gone": True}
    try:
        async with as_noted(work.reading, job.user_id, job.import_id):
            await _make(work, job, row)
    except (Forbidden, NotFound, KeyTaken, ImportedAlready) as refusal:
        async with work.last_transaction(result={"refused": str(refusal)}) as tx:
            row = await repository.import_to_make(tx.session, job.import_id)
            if row is not None and row.job_id == work.job_id:
                row.fail(str(refusal), tx.now)
    except _Superseded:
        return {"gone": True}
    return None


async def _begin(work: Work, job: CarryOut) -> BoardImport | None:
    """The import with its plan, if it waits for just this job. So long it is made, it can't be changed.

    One that has died may be tried again, until the import is started anew.
    """
    async with work.transaction() as tx:
        row = await repository.import_to_make(tx.session, job.import_id, plan=True)
        if row is None or row.plan is None or row.job_id != work.job_id:
            return None
        if row.state is ImportState.FAILED:
            row.state, row.problem, row.finished_at = ImportState.STARTED, None, None
        return row if row.state is ImportState.STARTED else None


async def _make(work: Work, job: CarryOut, begun: BoardImport) -> None:
    """Locks are taken in the order of everybody: boards, their workspace, imports. Nobody else knows of this board.
    The people on its cards and the author of its comments are held before the workspace, against the order; see
    `carrying`.
    """
    principal, workspace_id = Principal(job.user_id), begun.workspace_id
    result: JsonObject = {}
    async with work.last_transaction(Actor.user(job.user_id), result=result) as tx:
        await open_workspace(tx.session, principal, workspace_id, Role.MEMBER)
        await _require_new(tx, job, begun)
        filled = await fill_board(tx, begun, job.user_id, work.progress)
        await open_workspace_to_change(tx, principal, workspace_id, Role.MEMBER)
        # Of two that were made at once, one is shown.
        await _require_new(tx, job, begun)
        row = await repository.import_to_make(tx.session, job.import_id)
        if row is None or row.job_id != work.job_id:
            raise _Superseded
        if not await show_board(tx, filled, row):
            raise Retry("somebody on its cards left, or its key was taken", after=1)
        row.state, row.finished_at = ImportState.DONE, tx.clock.now()
        tx.promise(RenewStatistics())
        result |= {"board_id": str(row.board_id), "receipt": row.receipt}


async def _require_new(tx: Transaction, job: CarryOut, row: BoardImport) -> None:
    same = await repository.same_file(tx.session, row, made=True)
    if same is not None and not job.again:
        raise ImportedAlready.by(same, "board")


@handles(ForgetPlans)
async def forget_plans(work: Work, _job: ForgetPlans) -> dict[str, int]:
    """In small transactions; how many went."""
    return {"plans": await work.forget(repository.forget_plans, KEEP_PLANS, size=PLANS_AT_A_TIME)}


every(3600, ForgetPlans())
