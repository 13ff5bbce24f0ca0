"""What can go wrong with workspaces."""

from taskly.platform.http.problems import Conflict, Forbidden, Invalid, NotFound


class LastAdmin(Conflict):
    """A workspace keeps at least one admin."""

    code = "last_admin"
    title = "The last admin can't leave or be demoted: make somebody else admin, or delete the workspace"


class AlreadyMember(Conflict):
    """The person is in the workspace already."""

    code, title = "already_member", "This person is in the workspace already"


class InvitationNeeded(Forbidden):
    """Nobody is taken in here without being asked."""

    code, title = "invitation_needed", "Here nobody is added without being asked: invite them"


class NoSuchUser(Invalid):
    """Nobody with this login has signed in here yet."""

    code, title = "no_such_user", "Nobody with this login has signed in here yet"


class NameDiffers(Invalid):
    """Who deletes a workspace types its name, so that nobody deletes the wrong one."""

    code, title = "name_differs", "This is not the name of the workspace"


class NotAMember(Invalid):
    """An id in the request is not that of somebody in the workspace."""

    code, title = "not_a_member", "Only people of the workspace can be named"


class InvitationNotFound(NotFound):
    """No link has this token; perhaps a newer one was sent."""

    code, title = (
        "invitation_not_found",
        "This link leads to no invitation: a newer one may have come",
    )


class InvitationUsed(Conflict):
    """Somebody has joined by this invitation."""

    code, title = "invitation_used", "This invitation was used: each is good once"


class InvitationRevoked(Conflict):
    """An admin has taken the invitation back."""

    code, title = "invitation_revoked", "This invitation was taken back: ask for another one"


class InvitationExpired(Conflict):
    """The invitation is older than seven days."""

    code, title = (
        "invitation_expired",
        "This invitation is older than seven days: ask for another one",
    )


class InvitationForAnother(Forbidden):
    """The person's verified addresses are known, and the invited one is not among them."""

    code, title = "invitation_for_another", "This invitation was sent to somebody else's address"


class TooManyInvitations(Conflict):
    """So many invitations of a workspace may be open at a time."""

    code, title = "too_many_invitations", "Too many invitations of this workspace are open"
