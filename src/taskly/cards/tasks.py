"""Work on cards that nobody waits for."""

from uuid import UUID

from taskly.cards import bulk_repository, repository
from taskly.cards.access import open_card_for_taskly
from taskly.cards.bulk import bulk_update
from taskly.cards.bulk_schemas import BulkResponse, BulkUpdate, Refusal
from taskly.cards.bulk_work import refusal_of
from taskly.cards.editing import set_assignees
from taskly.cards.errors import BulkRefused
from taskly.platform.context import SYSTEM, Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.jobs.work import Work
from taskly.users.principal import Principal
from taskly.workspaces.repository import has_ended, outsiders_among


class UnassignMember(JobSpec, kind="cards.unassign_member", queue=Queue.BULK):
    """Take somebody who left a workspace off its cards."""

    workspace_id: UUID
    user_id: UUID


class ChangeInBulk(JobSpec, kind="cards.bulk_update", queue=Queue.INTERACTIVE, time_limit=120):
    """Change many cards for somebody who does not wait for it."""

    user_id: UUID
    wanted: BulkUpdate


async def promise_bulk_update(
    tx: Transaction, principal: Principal, wanted: BulkUpdate
) -> BulkResponse:
    """Let a job change many cards, all of them or none.

    Raises:
        BulkRefused: none of the cards is one that the caller may see.
    """
    found = await bulk_repository.whereabouts(tx.session, wanted.card_ids, principal.user_id)
    if not found:
        unknown = [Refusal.of_unknown(card_id) for card_id in wanted.card_ids]
        raise refusal_of(unknown, len(wanted.card_ids))
    job = ChangeInBulk(user_id=principal.user_id, wanted=wanted)
    [workspace_id] = {place.workspace_id for place in found.values()}
    job_id = tx.promise(job, workspace_id=workspace_id)
    return BulkResponse(operation_id=None, job_id=job_id, changed=0)


@handles(ChangeInBulk)
async def change_in_bulk(work: Work, job: ChangeInBulk) -> JsonObject | None:
    """In one transaction with its result, so that it happens once; refused cards are the result."""
    await work.progress(0, len(job.wanted.card_ids))
    result: JsonObject = {}
    try:
        async with work.last_transaction(Actor.user(job.user_id), result=result) as tx:
            person = Principal(job.user_id)
            answer = await bulk_update(tx, person, job.wanted, progress=work.progress)
            result.update(answer.model_dump(mode="json") | {"job_id": str(work.job_id)})
    except BulkRefused as refusal:
        return {"refused": refusal.members["refused"]}
    return None


@handles(UnassignMember)
async def unassign_member(work: Work, job: UnassignMember) -> dict[str, int]:
    """Card by card, so that no board waits long. Somebody who comes back meanwhile keeps the rest."""
    async with work.reading() as session:
        card_ids = await repository.cards_of_outsider(session, job.workspace_id, job.user_id)
    freed = 0
    for card_id in card_ids:
        await work.progress(freed, len(card_ids))
        async with work.transaction(SYSTEM) as tx:
            access = await open_card_for_taskly(tx, card_id)
            if await has_ended(tx.session, job.workspace_id) or not await outsiders_among(
                tx.session, job.workspace_id, [job.user_id]
            ):
                break
            if access is not None:
                hanging = await repository.hanging_of(tx.session, card_id)
                kept = [each for each in hanging.assignee_ids if each != job.user_id]
                await set_assignees(tx, access, kept)
                freed += 1
    return {"cards": freed}
