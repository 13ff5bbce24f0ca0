"""HTTP of invitations. Tokens come in bodies: addresses are written into logs on the way."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, NotSignedIn, problems
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.users import profile
from taskly.users.access import CostlyLimited, ReadSession, SignedIn, Tx
from taskly.users.errors import InsufficientScope
from taskly.users.limits import SignInLimited
from taskly.workspaces import accepting, invitation_repository, inviting
from taskly.workspaces.access import WorkspaceToAdminister, WorkspaceToOversee
from taskly.workspaces.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationForAnother,
    InvitationNotFound,
    InvitationRevoked,
    InvitationUsed,
    TooManyInvitations,
)
from taskly.workspaces.invitation_links import InvitationLinks
from taskly.workspaces.invitation_schemas import (
    InvitationResponse,
    InvitationToken,
    InvitedPeople,
    InvitePeople,
    OfferResponse,
    SentInvitation,
)
from taskly.workspaces.inviting import Inviter
from taskly.workspaces.schemas import WorkspaceResponse

router = Router(tags=["invitations"])


async def _inviter(runtime: RuntimeOf, principal: SignedIn, tx: Tx) -> Inviter:
    user = await profile.read(tx.session, principal.user_id)
    settings = runtime.settings
    return Inviter(user.id, user.name, InvitationLinks(settings), by_mail=settings.has_mail)


InviterOf = Annotated[Inviter, Depends(_inviter)]


@router.post(
    "/workspaces/{workspace_id}/invitations",
    status_code=201,
    responses=problems(Forbidden, NotFound, TooManyInvitations),
    dependencies=[CostlyLimited],
)
async def invite_people(
    access: WorkspaceToAdminister, body: InvitePeople, inviter: InviterOf, tx: Tx
) -> InvitedPeople:
    """Invite people by their addresses; the answer says what came of each. For admins.

    An invitation is good once and for seven days. What was sent to an address that GitHub has verified for
    somebody can be accepted only by them.
    """
    return InvitedPeople.of(
        await inviting.invite(tx, access, inviter, body.emails, body.role), tx.now
    )


@router.get(
    "/workspaces/{workspace_id}/invitations",
    responses=problems(Forbidden, InsufficientScope, NotFound),
)
async def list_invitations(
    access: WorkspaceToOversee, runtime: RuntimeOf, session: ReadSession, paging: Paging
) -> Page[InvitationResponse]:
    """List the invitations that were neither accepted nor revoked, oldest first. For admins."""
    rows = await invitation_repository.invitations_of(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    now = runtime.clock.now()
    return paging.page(
        rows, lambda row: InvitationResponse.of(row, now), lambda row: row.invitation.id
    )


@router.post(
    "/workspaces/{workspace_id}/invitations/{invitation_id}/resend",
    responses=problems(Forbidden, NotFound),
    dependencies=[CostlyLimited],
)
async def resend_invitation(
    access: WorkspaceToAdminister, invitation_id: UUID, inviter: InviterOf, tx: Tx
) -> SentInvitation:
    """Invite once more, with a new link that is good for seven days. The former link ends. For admins."""
    return SentInvitation.of(await inviting.resend(tx, access, inviter, invitation_id), tx.now)


@router.delete(
    "/workspaces/{workspace_id}/invitations/{invitation_id}",
    status_code=204,
    responses=problems(Forbidden, NotFound),
)
async def revoke_invitation(access: WorkspaceToAdminister, invitation_id: UUID, tx: Tx) -> None:
    """Take an invitation back. For admins."""
    await inviting.revoke(tx, access, invitation_id)


@router.post(
    "/invitations/look-up",
    responses=problems(InvitationNotFound, TooManyRequests),
    dependencies=[SignInLimited],
)
async def look_up_invitation(
    body: InvitationToken, runtime: RuntimeOf, session: ReadSession
) -> OfferResponse:
    """Who invites whoever holds this link, to what, and whether it is still good. Public."""
    return OfferResponse.of(await accepting.look_up(session, body.token), runtime.clock.now())


@router.post(
    "/invitations/accept",
    responses=problems(
        NotSignedIn,
        InvitationForAnother,
        InvitationNotFound,
        InvitationUsed,
        InvitationRevoked,
        InvitationExpired,
        AlreadyMember,
    ),
    dependencies=[SignInLimited],
)
async def accept_invitation(
    body: InvitationToken, principal: SignedIn, tx: Tx
) -> WorkspaceResponse:
    """Join the workspace; the invitation is used up by that."""
    return WorkspaceResponse.of(await accepting.accept(tx, principal.user_id, body.token))
