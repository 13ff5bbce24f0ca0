"""Secrets that are stored are encrypted: AES-256-GCM, under a key ring, bound to their owner.

An encrypted value reads `v1:kid:nonce:ciphertext`, the last two in base64url without padding. The key's id
is there so that keys rotate; the owner (say `users|github_token|<id>`) is authenticated with it but not
stored, so a value that is copied to another row or column can't be read there. Nonces are 96 random bits: a
key must be replaced long before its 2³²th message (NIST SP 800-38D, 8.3).
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32

_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_VALUE = re.compile(r"v1:([A-Za-z0-9_.-]{1,32}):([A-Za-z0-9_-]{16}):([A-Za-z0-9_-]{22,})")


class KeyRingError(ValueError):
    """The keys can't be used; the message says which one and why, and never shows a value."""


class DecryptionError(Exception):
    """The value is not one that we encrypted for this owner with a key that we still have."""


class KeyRing:
    """Keys by id; the first one encrypts, all of them decrypt.

    Raises:
        KeyRingError: there is no key, an id is malformed, or a key is not 32 bytes long.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise KeyRingError("there is no key; one is needed, as kid:base64")
        for position, (key_id, key) in enumerate(keys.items(), start=1):
            _check_key(position, key_id, key)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.current_key_id = next(iter(keys))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `kid:base64` pairs separated by commas, in standard or url-safe base64.

        Raises:
            KeyRingError: as above, or two keys have the same id, or one is not base64.
        """
        keys: dict[str, bytes] = {}
        for position, pair in enumerate(filter(None, map(str.strip, text.split(","))), start=1):
            key_id, separator, encoded = pair.partition(":")
            if not separator:
                raise KeyRingError(f"key {position} is not written as kid:base64")
            if key_id.strip() in keys:
                raise KeyRingError(f"key {position} has the id of a key before it")
            keys[key_id.strip()] = _decoded(position, encoded.strip())
        return cls(keys)

    @property
    def key_ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._ciphers)

    def encrypt(self, plaintext: bytes, owner: str) -> str:
        """The plaintext, encrypted with the current key for `owner`; never twice the same.

        Raises:
            ValueError: the owner is empty.
        """
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self.current_key_id]
        ciphertext = cipher.encrypt(nonce, plaintext, _associated(owner))
        return f"v1:{self.current_key_id}:{_encoded(nonce)}:{_encoded(ciphertext)}"

    def decrypt(self, value: str, owner: str) -> bytes:
        """The plaintext that was encrypted for `owner`.

        Raises:
            DecryptionError: the value is malformed, its key is gone, it was changed, or it was encrypted
                for another owner.
            ValueError: the owner is empty.
        """
        found = _VALUE.fullmatch(value)
        if found is None:
            raise DecryptionError("the value is not in the form v1:kid:nonce:ciphertext")
        key_id, nonce, ciphertext = found.groups()
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise DecryptionError(f"there is no key with the id {key_id}")
        associated = _associated(owner)
        try:
            # Base64 with stray bits at its end would be a second way to write the same value.
            if _encoded(_raw(ciphertext)) == ciphertext:
                return cipher.decrypt(_raw(nonce), _raw(ciphertext), associated)
        except (InvalidTag, binascii.Error):
            pass
        raise DecryptionError("the value was changed, or belongs to another owner")

    def encrypt_text(self, plaintext: str, owner: str) -> str:
        """As `encrypt`, for text."""
        return self.encrypt(plaintext.encode(), owner)

    def decrypt_text(self, value: str, owner: str) -> str:
        """As `decrypt`, for what `encrypt_text` gave."""
        return self.decrypt(value, owner).decode()

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._ciphers)})"


def key_ids_in(text: str) -> frozenset[str]:
    """The ids of the keys that the encrypted values in a text need: in one value, or in JSON with several."""
    return frozenset(found[1] for found in _VALUE.finditer(text))


def _decoded(position: int, encoded: str) -> bytes:
    if not _BASE64.fullmatch(encoded):
        raise KeyRingError(f"key {position} is not base64")
    try:
        return _raw(encoded)
    except binascii.Error:
        raise KeyRingError(f"key {position} is not base64") from None


def _check_key(position: int, key_id: str, key: bytes) -> None:
    if not _KEY_ID.fullmatch(key_id):
        raise KeyRingError(f"key {position} needs an id of 1 to 32 characters of A-Za-z0-9_.-")
    if len(key) != KEY_BYTES:
        raise KeyRingError(f"key {position} has {len(key)} bytes, and {KEY_BYTES} are needed")


def _associated(owner: str) -> bytes:
    if not owner:
        raise ValueError("an encrypted value needs an owner")
    return owner.encode()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(encoded: str) -> bytes:
    standard = encoded.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(standard + "=" * (-len(standard) % 4))
