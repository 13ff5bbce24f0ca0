"""Secrets that we hand out and keep only the hash of.

Personal tokens begin with `tsk_`, so that people and secret scanners know them, and end with a checksum, so
that a mistyped or invented one is refused without asking the database and a scanner can be sure of what it
found (the form of GitHub's tokens). Opaque tokens are for everything that no person types or greps for:
refresh tokens, invitations, one-time links.
"""

import hashlib
import hmac
import re
import secrets
import zlib

PREFIX = "tsk_"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_BYTES = 32
_SECRET_LENGTH = 43
_CHECKSUM_LENGTH = 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECKSUM_LENGTH}}}")


def make_token() -> str:
    """A new personal token: `tsk_`, 32 random bytes in 43 digits of base 62, their CRC-32 in six."""
    secret = _written(int.from_bytes(secrets.token_bytes(_SECRET_BYTES)), _SECRET_LENGTH)
    return PREFIX + secret + _checksum(secret)


def is_well_formed(token: str) -> bool:
    """Whether this could be a personal token of ours. It may never have been given out, or have ended."""
    if not _FORM.fullmatch(token):
        return False
    secret = token[len(PREFIX) : -_CHECKSUM_LENGTH]
    return constant_time_equal(_checksum(secret), token[-_CHECKSUM_LENGTH:])


def make_opaque_token() -> str:
    """A new secret of 32 random bytes, in 43 characters of base64url."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hash_token(token: str) -> bytes:
    """The SHA-256 of a token: what is stored of it, 32 bytes. Any text has one, lone surrogates included.

    A slow hash would protect guessable secrets; these have 256 random bits.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def constant_time_equal(one: str | bytes, other: str | bytes) -> bool:
    """Whether both are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(_raw(one), _raw(other))


def _checksum(secret: str) -> str:
    return _written(zlib.crc32(secret.encode()), _CHECKSUM_LENGTH)


def _written(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, value = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[value])
    return "".join(reversed(digits))


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
