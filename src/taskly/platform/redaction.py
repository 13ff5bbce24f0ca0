"""Keeping secrets out of what is written down: log lines, stored errors, reports to Sentry."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

MASK = "***"

_COOKIES = ("taskly_access", "taskly_refresh", "taskly_oauth")
"""How the names of our own cookies begin, before the port and after `__Host-`."""

_SECRET_WORDS = (
    "token",
    "secret",
    "password",
    "authorization",
    "cookie",
    "credential",
    *_COOKIES,
)
_HARMLESS_ENDINGS = ("_id", "_seconds", "_count", "_limit")

_PLAIN = (bool, int, float, date, timedelta, UUID)

_SECRET_VALUES = (
    # The password of an address: scheme://name:password@host
    (re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+(?=@)"), rf"\1:{MASK}"),
    # Our own tokens, GitHub's tokens and JSON web tokens.
    (re.compile(r"\b(tsk_|gh[a-z]_|github_pat_)[A-Za-z0-9_]{8,}"), rf"\1{MASK}"),
    # The secrets that outbound webhooks are signed with.
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]{8,}"), rf"\1{MASK}"),
    # The tokens in the addresses of pictures.
    (re.compile(r"(/pictures/)[A-Za-z0-9_-]{16,}"), rf"\1{MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    # Query strings, headers, and mappings as Python and JSON write them.
    (
        re.compile(r"(?i)\b([\w-]*(?:token|secret|password|code_verifier)=)[^\s'\"&,;}]+"),
        rf"\1{MASK}",
    ),
    # Our own cookies.
    (
        re.compile(
            rf"\b((?:{'|'.join(_COOKIES)})(?:_[0-9]+)?['\"]?\s*[=:]\s*['\"]?)[^\s'\"&,;}}]+"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)([?&](?:code|state)=)[^\s'\"&]+"), rf"\1{MASK}"),
    (re.compile(r"(?i)\b((?:authorization|(?:set-)?cookie):\s*)[^\r\n]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"(?i)(['\"][\w-]*(?:token|secret|password|authorization|cookie)['\"]\s*:\s*)"
            r"(['\"])[^'\"]+"
        ),
        rf"\1\2{MASK}",
    ),
)


def redact(text: str) -> str:
    """The text with everything that looks like a secret masked."""
    for pattern, replacement in _SECRET_VALUES:
        text = pattern.sub(replacement, text)
    return text


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, going by the words in it."""
    lowered = name.lower()
    return any(word in lowered for word in _SECRET_WORDS) and not lowered.endswith(
        _HARMLESS_ENDINGS
    )


def redact_fields(fields: Mapping[Any, Any]) -> dict[Any, Any]:
    """A copy in which values under secret names are masked and texts redacted, at every depth."""
    return {
        name: MASK if isinstance(name, str) and is_secret_name(name) else _redact_value(value)
        for name, value in fields.items()
    }


def _redact_value(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return redact_fields(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redact_value(item) for item in value]
    return redact(str(value))
