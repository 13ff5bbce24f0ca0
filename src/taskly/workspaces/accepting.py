"""Accepting an invitation: whoever holds its link, and is whom it was sent to, joins."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.tokens import hash_token
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotSignedIn
from taskly.users import repository as users
from taskly.workspaces import invitation_repository, repository
from taskly.workspaces.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationForAnother,
    InvitationNotFound,
    InvitationRevoked,
    InvitationUsed,
)
from taskly.workspaces.events import InvitationAccepted
from taskly.workspaces.invitation_repository import OfferedInvitation
from taskly.workspaces.inviting import state
from taskly.workspaces.models import WorkspaceAccess, WorkspaceInvitation
from taskly.workspaces.rules import InvitationState, masked, may_accept, state_of
from taskly.workspaces.service import join

_ENDED = {
    InvitationState.ACCEPTED: InvitationUsed,
    InvitationState.REVOKED: InvitationRevoked,
    InvitationState.EXPIRED: InvitationExpired,
}


async def look_up(session: AsyncSession, token: str) -> OfferedInvitation:
    """The invitation behind a link, whatever has become of it.

    Raises:
        InvitationNotFound: no link has this token, or a newer one was sent.
    """
    found = await invitation_repository.offered(session, hash_token(token))
    if found is None:
        raise InvitationNotFound
    return found


async def accept(tx: Transaction, user_id: UUID, token: str) -> WorkspaceAccess:
    """Join a workspace by an invitation, which is used up by that.

    Raises:
        InvitationNotFound: no link has this token, or a newer one was sent.
        InvitationUsed, InvitationRevoked, InvitationExpired: it is over.
        InvitationForAnother: GitHub has verified addresses of the person, and not the invited one.
        AlreadyMember: the person is in already; the invitation stays good.
    """
    invitation = await _locked(tx, token)
    standing = state_of(
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=tx.now,
    )
    if standing is not InvitationState.PENDING:
        raise _ENDED[standing]
    workspace_id = invitation.workspace_id
    if await repository.member_row(tx.session, workspace_id, user_id) is not None:
        raise AlreadyMember
    await _require_addressee(tx, invitation, user_id)
    before = state(invitation)
    invitation.accepted_at, invitation.accepted_by = tx.now, user_id
    tx.record(workspace_id, InvitationAccepted(id=invitation.id, before=before, after=None))
    join(tx, workspace_id, user_id, invitation.role)
    await tx.session.flush()
    access = await repository.membership(tx.session, workspace_id, user_id)
    if access is None:
        raise InvitationNotFound
    access.workspace.version = tx.log.version(workspace_id)
    return access


async def _locked(tx: Transaction, token: str) -> WorkspaceInvitation:
    """The invitation as it is now that nobody else can change it."""
    workspace_id = (await look_up(tx.session, token)).invitation.workspace_id
    try:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
    except LookupError:
        raise InvitationNotFound from None
    return (await look_up(tx.session, token)).invitation


async def _require_addressee(
    tx: Transaction, invitation: WorkspaceInvitation, user_id: UUID
) -> None:
    user = await users.user_to_mention(tx.session, user_id)
    if user is None:
        raise NotSignedIn
    verified = [*user.verified_emails, *([user.email] if user.email else [])]
    if not may_accept(invitation.email, verified):
        raise InvitationForAnother(
            f"The invitation was sent to {masked(invitation.email)}, and GitHub has verified other "
            "addresses for you. Verify that one at GitHub and sign in again, or ask for an "
            "invitation to an address of yours."
        )
