"""Failing webhooks get one message now and then, the oldest that waits; when it gets through, the rest follow."""

from uuid import UUID

from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.work import Work
from taskly.webhooks import message_repository as messages
from taskly.webhooks import repository, rules
from taskly.webhooks.line import move_line, promise_sending
from taskly.webhooks.recording import record_standing
from taskly.webhooks.rules import EndpointState


async def probe_failing(work: Work) -> dict[str, int]:
    """Probe the webhooks whose time has come; how many."""
    probed = 0
    async with work.reading() as session:
        failing = await repository.due_probes(session)
    for workspace_id, endpoint_id in failing:
        async with work.transaction() as tx:
            probed += await _probe(tx, workspace_id, endpoint_id)
    return {"probed": probed}


async def _probe(tx: Transaction, workspace_id: UUID, endpoint_id: UUID) -> bool:
    await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
    endpoint = await repository.endpoint(tx.session, workspace_id, endpoint_id, lock=True)
    if endpoint is None or endpoint.state is not EndpointState.FAILING:
        return False
    if endpoint.next_probe_at is not None and endpoint.next_probe_at > tx.now:
        return False
    endpoint.next_probe_at = tx.now + rules.probe_wait(endpoint.failures)
    await tx.session.flush()
    oldest = await messages.take_next(tx.session, endpoint)
    if oldest is not None:
        promise_sending(tx, endpoint, oldest, trial=True)
    elif not await messages.has_head(tx.session, endpoint):
        # Nothing waits that could show whether it answers: the next event will.
        before = endpoint.standing
        endpoint.standing = rules.after_success(before)
        endpoint.next_probe_at = None
        record_standing(tx, endpoint, before)
        await move_line(tx, endpoint)
    return True
