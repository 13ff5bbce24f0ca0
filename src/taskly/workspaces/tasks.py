"""The handlers of this domain's jobs."""

from functools import cache

from taskly.platform.events.jobs import handles
from taskly.platform.jobs.work import GiveUp, Work
from taskly.platform.mail.sending import send_mail
from taskly.platform.mail.templates import Templates
from taskly.workspaces import invitation_repository
from taskly.workspaces.invitation_links import InvitationLinks, LinkGone
from taskly.workspaces.jobs import SendInvitation
from taskly.workspaces.rules import InvitationState, state_of


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
