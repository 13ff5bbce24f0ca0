"""The link with which the operator may make the GitHub App, and the state that goes to GitHub and back.

Both are encrypted with this installation's own keys, so nothing has to be stored: who can read them wrote them. A
link is good for an hour and of no use once there is an app.
"""

import hmac
from datetime import datetime, timedelta
from urllib.parse import urlencode

from taskly.github.errors import AppSetupOver
from taskly.kit.crypto import DecryptionError, KeyRing
from taskly.kit.json import dumps, loads
from taskly.kit.tokens import hash_token
from taskly.platform.settings import Settings

SETUP_PATH = "/api/v1/github-app/setup"
LIFETIME = timedelta(hours=1)
MAKE_A_NEW_ONE = "Make a new link where Taskly runs: taskly github-app-link"
_LINK, _STATE = "github_apps|setup_link", "github_apps|setup_state"


def make_link(settings: Settings, keys: KeyRing, now: datetime, organization: str | None) -> str:
    """The address of the page on which the app can be made, for an hour."""
    query = {"token": _sealed(keys, _LINK, now, "")}
    if organization is not None:
        query["organization"] = organization
    return f"{settings.public_url}{SETUP_PATH}?{urlencode(query)}"


def check_link(keys: KeyRing, token: str, now: datetime) -> None:
    """Let whoever has the link through.

    Raises:
        AppSetupOver: it is none, or too old.
    """
    _open(keys, _LINK, token, now)


def make_state(keys: KeyRing, secret: str, now: datetime) -> str:
    """What GitHub gives back, bound to the browser that has the secret in its cookie."""
    return _sealed(keys, _STATE, now, hash_token(secret).hex())


def check_state(keys: KeyRing, state: str, secret: str | None, now: datetime) -> None:
    """Let the browser through that was sent to GitHub.

    Raises:
        AppSetupOver: it was another one, or that was too long ago.
    """
    expected = _open(keys, _STATE, state, now)
    if secret is None or not hmac.compare_digest(expected, hash_token(secret).hex()):
        raise AppSetupOver(MAKE_A_NEW_ONE)


def _sealed(keys: KeyRing, owner: str, now: datetime, content: str) -> str:
    return keys.encrypt(dumps([(now + LIFETIME).timestamp(), content]), owner)


def _open(keys: KeyRing, owner: str, sealed: str, now: datetime) -> str:
    try:
        ends_at, content = loads(keys.decrypt(sealed, owner))
    except DecryptionError:
        raise AppSetupOver(MAKE_A_NEW_ONE) from None
    if now.timestamp() >= ends_at:
        raise AppSetupOver(MAKE_A_NEW_ONE)
    return str(content)
