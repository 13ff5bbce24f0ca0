"""What can go wrong with workspaces."""

from taskly.platform.http.problems import Conflict, Invalid


class LastAdmin(Conflict):
    """A workspace keeps at least one admin."""

    code, title = "last_admin", "The last admin can't leave or be demoted: make somebody else admin"


class AlreadyMember(Conflict):
    """The person is in the workspace already."""

    code, title = "already_member", "This person is in the workspace already"


class NoSuchUser(Invalid):
    """Nobody with this login has signed in here yet."""

    code, title = "no_such_user", "Nobody with this login has signed in here yet"


class NameDiffers(Invalid):
    """Who deletes a workspace types its name, so that nobody deletes the wrong one."""

    code, title = "name_differs", "This is not the name of the workspace"


class NotAMember(Invalid):
    """An id in the request is not that of somebody in the workspace."""

    code, title = "not_a_member", "Only people of the workspace can be named"
