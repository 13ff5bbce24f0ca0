"""The handlers of this domain's jobs."""

from datetime import timedelta
from functools import cache, partial
from uuid import UUID

from sqlalchemy import Table

from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.periodic import every
from taskly.platform.jobs.work import GiveUp, Work
from taskly.platform.mail.sending import send_mail
from taskly.platform.mail.templates import Templates
from taskly.workspaces import invitation_repository, purge_repository, repository
from taskly.workspaces.audit_repository import forget_entries, forget_invitations
from taskly.workspaces.invitation_links import InvitationLinks, LinkGone
from taskly.workspaces.jobs import ForgetTraces, PurgeWorkspace, SendInvitation
from taskly.workspaces.rules import InvitationState, state_of

KEEP_INVITATIONS = timedelta(days=90)
"""So long after their end invitations, with their addresses, can be looked into."""
BATCH = 1000
PURGE_BATCH = 500
"""Cards take much along."""


@cache
def _templates() -> Templates:
    return Templates("taskly.workspaces")


@handles(SendInvitation)
async def send_invitation(work: Work, job: SendInvitation) -> None:
    """Send the mail, unless the invitation is over or was sent anew since.

    Raises:
        GiveUp: the key under which the link was made is gone.
    """
    async with work.reading() as session:
        offer = await invitation_repository.offer(session, job.invitation_id)
    if offer is None or offer.invitation.issue != job.issue:
        return
    invitation, settings = offer.invitation, work.runtime.settings
    standing = state_of(
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=work.runtime.clock.now(),
    )
    if standing is not InvitationState.PENDING:
        return
    try:
        mail = _templates().mail(
            "invitation",
            invitation.email,
            workspace=offer.workspace_name,
            inviter=offer.inviter,
            link=InvitationLinks(settings).link(invitation),
            expires_at=invitation.expires_at,
            site=settings.public_url,
        )
    except LinkGone as error:
        raise GiveUp(str(error)) from error
    await send_mail(work, mail)


@handles(PurgeWorkspace)
async def purge_workspace(work: Work, job: PurgeWorkspace) -> dict[str, int]:
    """Delete in small transactions, however much it is; how many rows went, without what went with them."""
    async with work.reading() as session:
        if not await repository.has_ended(session, job.workspace_id):
            return {"rows": 0}
    purged = sum(
        [
            await work.in_batches(partial(_purge_some, table, job.workspace_id), size=PURGE_BATCH)
            for table in purge_repository.contents()
        ]
    )
    async with work.transaction() as tx:
        await purge_repository.delete_workspace(tx.session, job.workspace_id)
    return {"rows": purged}


async def _purge_some(table: Table, workspace_id: UUID, tx: Transaction) -> int:
    return await purge_repository.delete_some(tx.session, table, workspace_id, limit=PURGE_BATCH)


@handles(ForgetTraces)
async def forget_traces(work: Work, _job: ForgetTraces) -> dict[str, int]:
    """Delete in small transactions; how many rows went."""
    keep = timedelta(days=work.runtime.settings.audit_days)
    return {
        "audit_entries": await work.forget(forget_entries, keep, size=BATCH),
        "invitations": await work.forget(forget_invitations, KEEP_INVITATIONS, size=BATCH),
    }


every(24 * 3600, ForgetTraces())
