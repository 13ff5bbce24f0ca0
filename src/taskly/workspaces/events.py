"""What the log says of workspaces."""

from taskly.platform.events.change import Change


class WorkspaceChange(Change):
    """Something about the workspace itself."""

    entity = "workspace"


class WorkspaceCreated(WorkspaceChange):
    """A workspace was made."""

    type = "workspace.created"


class WorkspaceUpdated(WorkspaceChange):
    """Fields of a workspace changed."""

    type = "workspace.updated"


class WorkspaceDeleted(WorkspaceChange):
    """A workspace went, with everything in it: the last event of its stream that somebody caused."""

    type = "workspace.deleted"


class WorkspaceImported(WorkspaceChange):
    """A workspace was read from a file; what comes before was written elsewhere."""

    type = "workspace.imported"


class MemberChange(Change):
    """Something about a person in the workspace; the id is the person's."""

    entity = "member"


class MemberAdded(MemberChange):
    """A person joined."""

    type = "member.added"


class MemberUpdated(MemberChange):
    """A person's role or capacity changed."""

    type = "member.updated"


class MemberRemoved(MemberChange):
    """A person left or was removed."""

    type = "member.removed"


class InvitationChange(Change):
    """Something about an invitation. The address is masked: everybody in the workspace reads this."""

    entity = "invitation"


class InvitationCreated(InvitationChange):
    """Somebody was invited."""

    type = "invitation.created"


class InvitationRenewed(InvitationChange):
    """A new link was made in place of the former one."""

    type = "invitation.renewed"


class InvitationRevoked(InvitationChange):
    """An invitation was taken back."""

    type = "invitation.revoked"


class InvitationAccepted(InvitationChange):
    """Somebody joined by an invitation; `member.added` follows."""

    type = "invitation.accepted"
