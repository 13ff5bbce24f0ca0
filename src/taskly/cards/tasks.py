"""Work on cards that nobody waits for."""

from uuid import UUID

from taskly.cards import repository
from taskly.cards.access import open_card_for_taskly
from taskly.cards.editing import set_assignees
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec, Queue, handles
from taskly.platform.jobs.work import Work
from taskly.workspaces.repository import outsiders_among


class UnassignMember(JobSpec, kind="cards.unassign_member", queue=Queue.BULK):
    """Take somebody who left a workspace off its cards."""

    workspace_id: UUID
    user_id: UUID


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
            if not await outsiders_among(tx.session, job.workspace_id, [job.user_id]):
                break
            if access is not None:
                hanging = await repository.hanging_of(tx.session, card_id)
                kept = [each for each in hanging.assignee_ids if each != job.user_id]
                await set_assignees(tx, access, kept)
                freed += 1
    return {"cards": freed}
