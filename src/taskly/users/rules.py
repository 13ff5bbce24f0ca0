"""Rules of signing in that need nothing but their arguments."""

import base64
import re
import unicodedata
from urllib.parse import unquote

RETURN_TO_LENGTH = 2000

LOCAL_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,38}(~[0-9a-f]{8})?")
"""Logins that local people may have; with `~` when theirs became somebody else's at GitHub."""

_PRINTABLE = re.compile(r"/[\x21-\x7e]*")
_AMBIGUOUS = ("\\", "//")


def base64url(raw: bytes) -> str:
    """Bytes as text for addresses and cookies, without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def is_local_path(target: str) -> bool:
    """Whether a browser that is sent to `target` surely stays on this site.

    Browsers read backslashes as slashes, drop control characters and take what follows two slashes
    for a host, so everything that could become one of these, decoded any number of times, is refused.
    """
    if len(target) > RETURN_TO_LENGTH or not _PRINTABLE.fullmatch(target):
        return False
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    while True:
        if any(sign in path for sign in _AMBIGUOUS) or not _PRINTABLE.fullmatch(path):
            return False
        decoded = unquote(path)
        if decoded == path:
            return "\\" not in target
        path = decoded


def stale_login(login: str, suffix: str) -> str:
    """The login of an account whose login now belongs to somebody else at GitHub, or does so elsewhere. What
    is stale already gets no second suffix.
    """
    return f"{login.partition('~')[0][:80]}~{suffix}"


def is_stale_login(login: str) -> bool:
    """Whether the login was made by `stale_login`: nobody chooses such a one."""
    return "~" in login


def shown_name(name: str | None, login: str, length: int) -> str:
    """The name that others see: the one given elsewhere, made fit to be shown, or the login."""
    printable = "".join(filter(str.isprintable, unicodedata.normalize("NFC", name or "")))
    return printable.strip()[:length].strip() or login
