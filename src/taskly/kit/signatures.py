"""Signatures of webhook requests, as GitHub makes them: `sha256=` and the HMAC-SHA256 of the raw body in hex.

The body is signed as it was sent, byte by byte: verify before parsing, and never what was parsed and written
again.
"""

import hashlib
import hmac
import re
from collections.abc import Collection

_FORM = re.compile(r"sha256=[0-9a-f]{64}")


def make_signature(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature-256` for a body.

    Raises:
        ValueError: the secret is empty; anybody could sign with it.
    """
    if not secret:
        raise ValueError("an empty secret signs nothing")
    return "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()


def is_signed(body: bytes, signature: str | None, secrets: Collection[str]) -> bool:
    """Whether the signature was made over the body with one of the secrets (two while they rotate).

    A missing or malformed signature is none, and an empty secret makes none. The time does not depend on where a
    wrong signature differs.
    """
    if signature is None or not _FORM.fullmatch(signature):
        return False
    matches = [
        hmac.compare_digest(make_signature(body, secret), signature) for secret in secrets if secret
    ]
    return any(matches)
