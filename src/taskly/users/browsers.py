"""What a request says about the program that sent it."""

from starlette.requests import Request

from taskly.platform.settings import Settings
from taskly.users.errors import CrossSite
from taskly.users.sessions import Device


def device_of(request: Request) -> Device:
    """What signs in."""
    return Device(
        user_agent=request.headers.get("user-agent"),
        address=request.client.host[:45] if request.client else None,
    )


def prefers_html(request: Request) -> bool:
    """Whether a page of a browser sent this; programs rarely ask for HTML."""
    return "text/html" in request.headers.get("accept", "")


def prefers_json(request: Request) -> bool:
    """Whether a program asks for JSON in so many words."""
    return "application/json" in request.headers.get("accept", "") and not prefers_html(request)


def require_own_form(request: Request, settings: Settings) -> None:
    """Refuse a form that another site sends, to sign people in as somebody else.

    A form can't send headers of its own. Browsers that hide the Origin say `Sec-Fetch-Site`, which no
    page can set.

    Raises:
        CrossSite: the form may not be ours.
    """
    if request.headers.get("origin") in settings.origins:
        return
    if request.headers.get("sec-fetch-site") != "same-origin":
        raise CrossSite("Open the link itself and press its button.")
