"""Pure rules about invitations."""

import enum
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

INVITATION_LIFETIME = timedelta(days=7)
OPEN_INVITATIONS = 100
"""As many may be open in a workspace at a time."""


class InvitationState(enum.StrEnum):
    """What becomes of an invitation."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Outcome(enum.StrEnum):
    """What came of one address that was to be invited."""

    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    ALREADY_MEMBER = "already_member"
    REPEATED = "repeated"


def state_of(
    *,
    accepted_at: datetime | None,
    revoked_at: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> InvitationState:
    """How an invitation stands."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.PENDING if now < expires_at else InvitationState.EXPIRED


def same_address(address: str) -> str:
    """What two spellings of an address have in common: nobody tells mailboxes apart by their case."""
    return address.strip().lower()


def masked(address: str) -> str:
    """An address for people who have no business with it: recognisable, and no use for writing to it.

    >>> masked("mona@example.com")
    'm…@e….com'
    """
    mailbox, _, host = address.rpartition("@")
    name, dot, ending = host.rpartition(".")
    return f"{mailbox[:1]}…@{(name or ending)[:1]}…{dot}{ending if dot else ''}"


def may_accept(invited: str, verified: Iterable[str]) -> bool:
    """Whether an invitation to this address is for somebody with these verified addresses.

    Of whom no address is known, the token alone says that it is.
    """
    known = {same_address(each) for each in verified}
    return not known or same_address(invited) in known


def outcomes(
    addresses: Iterable[str], *, members: Collection[str], invited: Collection[str]
) -> list[Outcome]:
    """What comes of each address, in their order; `members` and `invited` are in the common spelling."""
    seen: set[str] = set()
    found = []
    for address in map(same_address, addresses):
        if address in seen:
            found.append(Outcome.REPEATED)
        elif address in members:
            found.append(Outcome.ALREADY_MEMBER)
        elif address in invited:
            found.append(Outcome.ALREADY_INVITED)
        else:
            found.append(Outcome.INVITED)
        seen.add(address)
    return found
