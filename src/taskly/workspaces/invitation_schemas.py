"""What the API shows of invitations and takes for them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from taskly.platform.http.schema import Request, Response, written
from taskly.workspaces.invitation_repository import InvitationRow, OfferedInvitation
from taskly.workspaces.inviting import Invited
from taskly.workspaces.models import ADDRESS_LENGTH, Role, WorkspaceInvitation
from taskly.workspaces.rules import InvitationState, Outcome, state_of

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Field(
        max_length=ADDRESS_LENGTH,
        # What browsers take in a field for addresses (HTML, 4.10.5.1.5), with a mailbox of at most 64.
        pattern=written(
            rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*$",
            "write an e-mail address, such as mona@example.com",
        ),
        examples=["mona@example.com"],
    ),
]
_LINK = "https://taskly.example/invitations#token=pTUpE1wXbS…"


class InvitePeople(Request):
    """Up to fifty addresses, and what their owners will be."""

    emails: Annotated[list[Address], Field(min_length=1, max_length=50)]
    role: Role = Role.MEMBER


class InvitationToken(Request):
    """The token of an invitation, as it stands in the link's address."""

    token: Annotated[str, Field(min_length=1, max_length=200, examples=["pTUpE1wXbS…"])]


class InvitationResponse(Response):
    """An invitation, as admins see it."""

    id: UUID
    email: str = Field(examples=["mona@example.com"])
    role: Role
    state: InvitationState
    invited_by: str | None = Field(
        examples=["Ada Lovelace"], description="The name of who invited last."
    )
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: InvitationRow, now: datetime) -> Self:
        """The answer, as things stand `now`."""
        invitation = row.invitation
        return cls(
            id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            state=_state(invitation, now),
            invited_by=row.inviter,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class SentInvitation(Response):
    """An invitation with a new link."""

    invitation: InvitationResponse
    link: str | None = Field(
        examples=[_LINK],
        description="The link to bring to the person, shown only now. Null where a mail brings it.",
    )
    job_id: UUID | None = Field(description="The job that sends the mail, if there is one.")

    @classmethod
    def of(cls, sent: Invited, now: datetime) -> Self:
        """The answer to whoever sent it."""
        if sent.row is None:
            raise LookupError("nothing was sent")
        return cls(
            invitation=InvitationResponse.of(sent.row, now), link=sent.link, job_id=sent.job_id
        )


class InvitedAddress(Response):
    """What came of one address."""

    email: str = Field(examples=["mona@example.com"])
    outcome: Outcome
    invitation: InvitationResponse | None = Field(
        description="The open invitation for this address. Null for members and repetitions."
    )
    link: str | None = Field(
        examples=[_LINK],
        description="The link to bring to the person, shown only now. Null where a mail brings it.",
    )
    job_id: UUID | None = Field(description="The job that sends the mail, if there is one.")


class InvitedPeople(Response):
    """What came of each address, in their order."""

    items: list[InvitedAddress]

    @classmethod
    def of(cls, invited: list[Invited], now: datetime) -> Self:
        """The answer to whoever invited them."""
        return cls(
            items=[
                InvitedAddress(
                    email=each.email,
                    outcome=each.outcome,
                    invitation=None if each.row is None else InvitationResponse.of(each.row, now),
                    link=each.link,
                    job_id=each.job_id,
                )
                for each in invited
            ]
        )


class OfferResponse(Response):
    """An invitation, as whoever holds its link sees it."""

    workspace_name: str = Field(examples=["Payments"])
    invited_by: str | None = Field(examples=["Ada Lovelace"], description="The inviter's name.")
    state: InvitationState
    expires_at: datetime

    @classmethod
    def of(cls, offer: OfferedInvitation, now: datetime) -> Self:
        """The answer, as things stand `now`."""
        return cls(
            workspace_name=offer.workspace_name,
            invited_by=offer.inviter,
            state=_state(offer.invitation, now),
            expires_at=offer.invitation.expires_at,
        )


def _state(invitation: WorkspaceInvitation, now: datetime) -> InvitationState:
    return state_of(
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
        expires_at=invitation.expires_at,
        now=now,
    )
