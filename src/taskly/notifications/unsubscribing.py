"""Links in mails that switch mail off, for one kind of notification, for all or for the reports of a board, without signing in.

A token names the person and what it ends, and an HMAC under the keys that sign access tokens says that Taskly made
it. It opens nothing else, and is good for as long as its key is among them. Opening the link shows a button:
programs fetch addresses in advance. The button, and what mail programs send by RFC 8058, posts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote
from uuid import UUID

from starlette.responses import HTMLResponse

from taskly.kit.tokens import constant_time_equal
from taskly.notifications import repository, subscribing
from taskly.notifications.rules import KIND_NAMES, NotificationKind
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.http.html import page
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.rules import base64url
from taskly.users.signing_keys import SigningKeys

PURPOSE = "taskly unsubscribe"
PATH = "/api/v1/unsubscribe"
ALL = "all"
REPORTS = "reports-"
KINDS = {ALL: list(NotificationKind), **{kind.value: [kind] for kind in NotificationKind}}
"""The kinds that a link ends, by what it is called in its token."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link ends for a person: mail about some kinds of notification, or the reports of a board."""

    user_id: UUID
    kinds: Sequence[NotificationKind] = ()
    board_id: UUID | None = None

    @property
    def about(self) -> str:
        """What goes on after `No more mail`."""
        if self.board_id is not None:
            return "about the reports of this board"
        return KIND_NAMES[self.kinds[0]] if len(self.kinds) == 1 else "about notifications"

    @property
    def way_back(self) -> str:
        """How it begins again."""
        if self.board_id is not None:
            return "can ask for it again"
        return "can switch mail on again in the settings of your notifications"


class UnsubscribeLinks:
    """Makes the tokens of links, and reads them."""

    def __init__(self, settings: Settings) -> None:
        self._keys = SigningKeys.parse(settings.jwt_keys.get_secret_value())
        self._public_url = settings.public_url

    def link(self, user_id: UUID, kind: NotificationKind | None) -> str:
        """The link that ends mail about a kind, or all mail about notifications."""
        return self._link(user_id, ALL if kind is None else kind.value)

    def reports_link(self, user_id: UUID, board_id: UUID) -> str:
        """The link that ends mailing the reports of a board."""
        return self._link(user_id, f"{REPORTS}{board_id.hex}")

    def _link(self, user_id: UUID, what: str) -> str:
        message = f"{user_id.hex}.{what}"
        mac = base64url(next(self._keys.derive(PURPOSE, message)))
        return f"{self._public_url}{PATH}?token={message}.{mac}"

    def read(self, token: str) -> Ending | None:
        """What a token ends; None if Taskly has not made it, or it names what there is no more."""
        message, _, mac = token.rpartition(".")
        if not any(
            constant_time_equal(base64url(each).encode(), mac.encode())
            for each in self._keys.derive(PURPOSE, message)
        ):
            return None
        person, _, what = message.partition(".")
        user_id = UUID(person)
        if what.startswith(REPORTS):
            return Ending(user_id, board_id=UUID(what.removeprefix(REPORTS)))
        kinds = KINDS.get(what)
        return None if kinds is None else Ending(user_id, kinds)


def one_click(link: str) -> dict[str, str]:
    """The headers by which mail programs show a button that ends it (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def offer(settings: Settings, token: str) -> HTMLResponse:
    """The page with the button."""
    ending = UnsubscribeLinks(settings).read(token)
    if ending is None:
        return _unknown()
    return page(
        "No more mail",
        f"<h1>No more mail {escape(ending.about)}?</h1><p>You will still find it in Taskly.</p>"
        f'<form method="post" action="?token={quote(token, safe="")}">'
        "<button autofocus>No more mail</button></form>",
    )


async def unsubscribe(runtime: Runtime, token: str) -> HTMLResponse:
    """Switch mail off; doing so twice changes nothing."""
    ending = UnsubscribeLinks(runtime.settings).read(token)
    if ending is None:
        return _unknown()
    async with runtime.database.transaction(Actor.user(ending.user_id)) as tx:
        await _end(tx, ending)
    return page(
        "No more mail",
        f"<h1>No more mail {escape(ending.about)}</h1><p>You will still find it in Taskly, and "
        f"{ending.way_back}.</p>",
    )


async def _end(tx: Transaction, ending: Ending) -> None:
    if ending.board_id is not None:
        await subscribing.unsubscribe(tx, ending.user_id, ending.board_id)
    else:
        await repository.change_settings(
            tx.session, ending.user_id, {kind: {"email": False} for kind in ending.kinds}
        )


def _unknown() -> HTMLResponse:
    return page(
        "No more mail",
        "<h1>This link does not work</h1><p>It is not complete, or very old. Use the link of a newer "
        "mail, or sign in and change the settings of your notifications.</p>",
        status=400,
    )
