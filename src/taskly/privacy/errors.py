"""What can go wrong when somebody goes."""

from taskly.platform.http.problems import Conflict, Invalid


class LoginDiffers(Invalid):
    """Who deletes their account types their login, so that nobody does it by mistake."""

    code, title = "login_differs", "This is not your login"


class StillNeeded(Conflict):
    """Workspaces with other people would be left without an admin."""

    code, title = "still_needed", "Others would be left without an admin: hand over first"
