"""Inviting people by e-mail address: asking, asking again, thinking better of it.

All of it happens under the workspace's lock. The log is read by everybody in the workspace, so it shows
addresses masked; only admins see them whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.workspaces import invitation_repository as repository
from taskly.workspaces.errors import TooManyInvitations
from taskly.workspaces.events import InvitationCreated, InvitationRenewed, InvitationRevoked
from taskly.workspaces.invitation_links import InvitationLinks
from taskly.workspaces.invitation_repository import InvitationRow
from taskly.workspaces.jobs import SendInvitation
from taskly.workspaces.models import Role, WorkspaceAccess, WorkspaceInvitation
from taskly.workspaces.rules import (
    INVITATION_LIFETIME,
    OPEN_INVITATIONS,
    Outcome,
    masked,
    outcomes,
    same_address,
)


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of one address."""

    email: str
    outcome: Outcome
    row: InvitationRow | None = None
    link: str | None = field(default=None, repr=False)
    """For the admin's eyes, where there is no mail that would bring it."""
    job_id: UUID | None = None
    """The job that sends the mail."""


@dataclass(frozen=True, slots=True)
class Inviter:
    """The admin who invites, and how links are made and brought to people."""

    user_id: UUID
    name: str
    links: InvitationLinks = field(repr=False)
    by_mail: bool
    """Whether a mail brings the link. Otherwise the admin has to."""


async def invite(
    tx: Transaction, access: WorkspaceAccess, inviter: Inviter, addresses: Sequence[str], role: Role
) -> list[Invited]:
    """Invite people; what came of each address, in the order of the addresses.

    An invitation that has expired is made anew; one that has not is left as it is.

    Raises:
        TooManyInvitations: too many would be open. Nobody was invited.
    """
    workspace_id, wanted = access.workspace.id, {same_address(each) for each in addresses}
    members = await repository.members_with_address(tx.session, workspace_id, wanted)
    known = {
        same_address(each.invitation.email): each
        for each in await repository.open_invitations_for(tx.session, workspace_id, wanted)
    }
    pending = {address for address, each in known.items() if each.invitation.expires_at > tx.now}
    found = outcomes(addresses, members=members, invited=pending)
    open_now = await repository.count_pending(tx.session, workspace_id, tx.now)
    if open_now + found.count(Outcome.INVITED) > OPEN_INVITATIONS:
        raise TooManyInvitations(
            f"{open_now} invitations of this workspace are open, and {OPEN_INVITATIONS} may be. "
            "Wait until some are accepted, or revoke some."
        )
    invited: list[Invited] = []
    for email, outcome in zip(addresses, found, strict=True):
        row = known.get(same_address(email))
        if outcome is not Outcome.INVITED:
            shown = row if outcome is Outcome.ALREADY_INVITED else None
            invited.append(Invited(email, outcome, shown))
        elif row is None:
            invited.append(_sent(tx, inviter, _add(tx, workspace_id, email, role)))
        else:
            _renew(tx, row.invitation, role)
            invited.append(_sent(tx, inviter, row.invitation))
    return invited


async def resend(
    tx: Transaction, access: WorkspaceAccess, inviter: Inviter, invitation_id: UUID
) -> Invited:
    """Make a new link, good for seven days; the former one leads nowhere any more.

    Raises:
        NotFound: there is no such invitation, or it was accepted or revoked.
    """
    invitation = await _open_one(tx, access, invitation_id)
    _renew(tx, invitation, invitation.role)
    return _sent(tx, inviter, invitation)


async def revoke(tx: Transaction, access: WorkspaceAccess, invitation_id: UUID) -> None:
    """Take an invitation back.

    Raises:
        NotFound: there is no such invitation, or it was accepted or revoked.
    """
    revoke_one(tx, await _open_one(tx, access, invitation_id))


async def revoke_all_by(tx: Transaction, workspace_id: UUID, user_id: UUID) -> None:
    """Take back what somebody has invited who is no admin any more: nobody answers for it."""
    invitations = await repository.open_invitations_by(tx.session, workspace_id, user_id)
    await repository.mark_revoked(tx.session, [each.id for each in invitations], tx.now)
    for invitation in invitations:
        _record_revoked(tx, invitation)


def state(invitation: WorkspaceInvitation) -> dict[str, Any]:
    """An invitation as the log shows it to everybody in the workspace."""
    return {
        "email": masked(invitation.email),
        "role": invitation.role.value,
        "expires_at": invitation.expires_at,
    }


async def _open_one(
    tx: Transaction, access: WorkspaceAccess, invitation_id: UUID
) -> WorkspaceInvitation:
    row = await repository.invitation_of(tx.session, access.workspace.id, invitation_id)
    if row is None:
        raise NotFound
    return row.invitation


def _add(tx: Transaction, workspace_id: UUID, email: str, role: Role) -> WorkspaceInvitation:
    invitation = WorkspaceInvitation(
        id=new_id(),
        workspace_id=workspace_id,
        email=email,
        role=role,
        issue=1,
        expires_at=tx.now + INVITATION_LIFETIME,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(invitation)
    change = InvitationCreated(id=invitation.id, before=None, after=state(invitation))
    tx.record(workspace_id, change)
    return invitation


def _renew(tx: Transaction, invitation: WorkspaceInvitation, role: Role) -> None:
    before = state(invitation)
    invitation.issue += 1
    invitation.role = role
    invitation.expires_at = tx.now + INVITATION_LIFETIME
    invitation.updated_at = tx.now
    change = InvitationRenewed(id=invitation.id, before=before, after=state(invitation))
    tx.record(invitation.workspace_id, change)


def _sent(tx: Transaction, inviter: Inviter, invitation: WorkspaceInvitation) -> Invited:
    invitation.invited_by = inviter.user_id
    link = inviter.links.issue(invitation)
    row = InvitationRow(invitation, inviter.name)
    if not inviter.by_mail:
        return Invited(invitation.email, Outcome.INVITED, row, link=link)
    job = SendInvitation(invitation_id=invitation.id, issue=invitation.issue)
    job_id = tx.promise(job, workspace_id=invitation.workspace_id)
    return Invited(invitation.email, Outcome.INVITED, row, job_id=job_id)


def revoke_one(tx: Transaction, invitation: WorkspaceInvitation) -> None:
    """Take back an open invitation of a workspace that the transaction has locked."""
    invitation.revoked_at = tx.now
    _record_revoked(tx, invitation)


def _record_revoked(tx: Transaction, invitation: WorkspaceInvitation) -> None:
    change = InvitationRevoked(id=invitation.id, before=state(invitation), after=None)
    tx.record(invitation.workspace_id, change)
