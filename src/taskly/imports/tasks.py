"""Making boards of files, and forgetting what was read long ago."""

from datetime import timedelta
from uuid import UUID

from taskly.boards.errors import KeyTaken
from taskly.imports import repository
from taskly.imports.carrying import make_board
from taskly.imports.errors import ImportedAlready
from taskly.imports.jobs import CarryOut, ForgetPlans
from taskly.imports.models import BoardImport, ImportState
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import handles
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import Work
from taskly.users.principal import Principal
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.models import Role

KEEP_PLANS = timedelta(days=30)
PLANS_AT_A_TIME = 50


async def note_failure(tx: Transaction, job: CarryOut, reason: str) -> None:
    """The job has died: say so, and let it be started again."""
    workspace_id = await repository.workspace_of(tx.session, job.import_id)
    if workspace_id is None:
        return
    row = await repository.import_row(tx.session, workspace_id, job.import_id, lock=True)
    if row is not None and row.state is ImportState.STARTED:
        _fail(tx, row, reason)


@handles(CarryOut, on_dead=note_failure)
async def carry_out(work: Work, job: CarryOut) -> JsonObject | None:
    """In one transaction with its result, so that it happens once, whoever is killed when."""
    async with work.reading() as session:
        workspace_id = await repository.workspace_of(session, job.import_id)
    if workspace_id is None:
        return {"gone": True}
    result: JsonObject = {}
    try:
        async with work.last_transaction(Actor.user(job.user_id), result=result) as tx:
            principal = Principal(job.user_id)
            access = await open_workspace_to_change(tx, principal, workspace_id, Role.MEMBER)
            row = await _promised(tx, work, workspace_id, job)
            if row is None or row.plan is None:
                return {"gone": True}
            # Under the workspace's lock: of two that were started at once, one makes the board.
            same = await repository.same_file(tx.session, row, made=True)
            if same is not None and not job.again:
                raise ImportedAlready.by(same)
            await make_board(tx, access, row, job.user_id, work.progress)
            row.state, row.finished_at, row.problem = ImportState.DONE, tx.now, None
            result |= {"board_id": str(row.board_id), "receipt": row.receipt}
    except (Forbidden, NotFound, KeyTaken, ImportedAlready) as refusal:
        async with work.last_transaction(result={"refused": str(refusal)}) as tx:
            if row := await _promised(tx, work, workspace_id, job):
                _fail(tx, row, str(refusal))
    return None


async def _promised(
    tx: Transaction, work: Work, workspace_id: UUID, job: CarryOut
) -> BoardImport | None:
    """The import, if it waits for this job: one that was started again waits for a later one."""
    row = await repository.import_row(tx.session, workspace_id, job.import_id, lock=True, plan=True)
    waits = row is not None and row.state in {ImportState.STARTED, ImportState.FAILED}
    return row if waits and row is not None and row.job_id == work.job_id else None


def _fail(tx: Transaction, row: BoardImport, reason: str) -> None:
    row.state, row.problem, row.finished_at = ImportState.FAILED, reason[:500], tx.now


@handles(ForgetPlans)
async def forget_plans(work: Work, _job: ForgetPlans) -> dict[str, int]:
    """In small transactions; how many went."""
    return {"plans": await work.in_batches(_forget_some, size=PLANS_AT_A_TIME)}


async def _forget_some(tx: Transaction) -> int:
    before = tx.now - KEEP_PLANS
    return await repository.forget_plans(tx.session, before, limit=PLANS_AT_A_TIME)


every(3600, ForgetPlans())
