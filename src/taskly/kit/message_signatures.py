"""Signatures of the messages that we send, as the Standard Webhooks specification has them.

A message is signed as `id.timestamp.body` with HMAC-SHA256, and the header holds one `v1,base64` for each secret
that counts at present: two while they rotate, so that receivers may change theirs when they like. Secrets are
shown to people as `whsec_` and the key in base64.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
_KEY_BYTES = 32


def make_signing_secret() -> str:
    """A new secret: `whsec_`, and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def sign_message(
    message_id: str, timestamp: int, body: bytes, signing_secrets: Sequence[str]
) -> dict[str, str]:
    """The headers of a message that is sent at `timestamp`, in seconds since the epoch.

    Raises:
        ValueError: there is no secret, or one is not in the form that `make_signing_secret` gives.
    """
    if not signing_secrets:
        raise ValueError("a message needs a secret to be signed with")
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [_signature(signed, _key(secret)) for secret in signing_secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def _signature(signed: bytes, key: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    if not secret.startswith(SECRET_PREFIX) or not key:
        raise ValueError("a signing secret reads whsec_ and a key in base64")
    return key
