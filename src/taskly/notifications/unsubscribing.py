"""Links in mails that switch mail off, for one kind of notification or for all, without signing in.

A token names the person and the kind, and an HMAC under the keys that sign access tokens says that Taskly made
it. It opens nothing else, and is good for as long as its key is among them. Opening the link shows a button:
programs fetch addresses in advance. The button, and what mail programs send by RFC 8058, posts.
"""

from html import escape
from urllib.parse import quote
from uuid import UUID

from starlette.responses import HTMLResponse

from taskly.kit.tokens import constant_time_equal
from taskly.notifications import repository
from taskly.notifications.rules import KIND_NAMES, NotificationKind
from taskly.platform.context import Actor
from taskly.platform.http.html import page
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.rules import base64url
from taskly.users.signing_keys import SigningKeys

PURPOSE = "taskly unsubscribe"
PATH = "/api/v1/unsubscribe"
ALL = "all"


class UnsubscribeLinks:
    """Makes the tokens of links, and reads them."""

    def __init__(self, settings: Settings) -> None:
        self._keys = SigningKeys.parse(settings.jwt_keys.get_secret_value())
        self._public_url = settings.public_url

    def link(self, user_id: UUID, kind: NotificationKind | None) -> str:
        """The link that ends mail about a kind, or all mail about notifications."""
        message = f"{user_id.hex}.{ALL if kind is None else kind.value}"
        mac = base64url(next(self._keys.derive(PURPOSE, message)))
        return f"{self._public_url}{PATH}?token={message}.{mac}"

    def read(self, token: str) -> tuple[UUID, list[NotificationKind]] | None:
        """Whose token it is, and for which kinds; None if Taskly has not made it."""
        message, _, mac = token.rpartition(".")
        if not any(
            constant_time_equal(base64url(each).encode(), mac.encode())
            for each in self._keys.derive(PURPOSE, message)
        ):
            return None
        person, _, kind = message.partition(".")
        return UUID(person), list(NotificationKind) if kind == ALL else [NotificationKind(kind)]


def offer(settings: Settings, token: str) -> HTMLResponse:
    """The page with the button."""
    meant = UnsubscribeLinks(settings).read(token)
    if meant is None:
        return _unknown()
    return page(
        "No more mail",
        f"<h1>No more mail {_about(meant[1])}?</h1><p>You will still find it in Taskly.</p>"
        f'<form method="post" action="?token={quote(token, safe="")}">'
        "<button autofocus>No more mail</button></form>",
    )


async def unsubscribe(runtime: Runtime, token: str) -> HTMLResponse:
    """Switch mail off; doing so twice changes nothing."""
    meant = UnsubscribeLinks(runtime.settings).read(token)
    if meant is None:
        return _unknown()
    user_id, kinds = meant
    async with runtime.database.transaction(Actor.user(user_id)) as tx:
        await repository.change_settings(
            tx.session, user_id, {kind: {"email": False} for kind in kinds}
        )
    return page(
        "No more mail",
        f"<h1>No more mail {_about(kinds)}</h1><p>You will still find it in Taskly, and can switch "
        "mail on again in the settings of your notifications.</p>",
    )


def _about(kinds: list[NotificationKind]) -> str:
    return escape(KIND_NAMES[kinds[0]] if len(kinds) == 1 else "about notifications")


def _unknown() -> HTMLResponse:
    return page(
        "No more mail",
        "<h1>This link does not work</h1><p>It is not complete, or very old. Use the link of a newer "
        "mail, or sign in and change the settings of your notifications.</p>",
        status=400,
    )
