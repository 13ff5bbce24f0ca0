"""The keys that sign access tokens: `TASKLY_JWT_KEYS`, `kid:base64` pairs separated by commas.

The first one signs, all of them verify. To change keys put the new one first, and drop the old one
when the last token that it signed has expired (15 minutes and the leeway).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from typing import Self

from taskly.platform.settings import MINIMUM_SECRET_BYTES, SettingsError

_KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")


class SigningKeys:
    """Symmetric keys by id; never shown by `repr`."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the keys from a setting.

        Raises:
            SettingsError: there is no key, or one is malformed or short. Names no value.
        """
        keys: dict[str, bytes] = {}
        for pair in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = pair.partition(":")
            if not _KEY_ID.fullmatch(key_id) or key_id in keys:
                raise SettingsError("TASKLY_JWT_KEYS: each key needs a short id of its own")
            keys[key_id] = _decoded(encoded)
        if not keys:
            raise SettingsError("TASKLY_JWT_KEYS: at least one key is needed")
        return cls(keys)

    @property
    def newest(self) -> tuple[str, bytes]:
        """The id and the key that sign."""
        return next(iter(self._keys.items()))

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return iter(self._keys.items())

    def derive(self, purpose: str, message: str) -> Iterator[bytes]:
        """An HMAC-SHA256 of the message under each key, the newest first.

        `purpose` keeps what is derived for one use from being valid for another.
        """
        for key in self._keys.values():
            subkey = hmac.digest(key, purpose.encode(), hashlib.sha256)
            yield hmac.digest(subkey, message.encode(), hashlib.sha256)


def _decoded(encoded: str) -> bytes:
    standard = encoded.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        raise SettingsError("TASKLY_JWT_KEYS: a key is not base64") from None
    if len(key) < MINIMUM_SECRET_BYTES:
        raise SettingsError(f"TASKLY_JWT_KEYS: a key is shorter than {MINIMUM_SECRET_BYTES} bytes")
    return key
