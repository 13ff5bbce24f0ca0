"""JSON web tokens that apps sign about themselves, as far as GitHub takes them: RS256 alone.

Written out here because a library for all of JOSE takes a tenth of the time in which this program starts.
"""

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from taskly.fake_github.world.refusals import Refusal


def claims_of(statement: str) -> dict[str, Any]:
    """What the statement says, before anybody has checked who says it.

    Raises:
        Refusal: 401 when it is not of three parts, not RS256 or not JSON.
    """
    parts = statement.split(".")
    if len(parts) != 3:
        raise undecodable()
    header, claims = (_object(part) for part in parts[:2])
    if header.get("alg") != "RS256":
        raise undecodable()
    return claims


def is_signed_by(statement: str, public_key: str) -> bool:
    """Whether the owner of the key has signed it."""
    signed, _, signature = statement.rpartition(".")
    key = load_pem_public_key(public_key.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(_bytes(signature), signed.encode(), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def undecodable() -> Refusal:
    """401 in GitHub's words."""
    return Refusal(401, "A JSON web token could not be decoded")


def _object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(part))
    except ValueError:
        raise undecodable() from None
    if not isinstance(value, dict):
        raise undecodable()
    return value


def _bytes(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise undecodable() from None
