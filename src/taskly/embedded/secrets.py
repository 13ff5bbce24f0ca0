"""The secrets of an embedded instance: made once, kept in the data directory, for the owner only."""

import base64
import os
from pathlib import Path

from taskly.embedded.env_file import read_env_file, write_env_file
from taskly.embedded.errors import CannotStart

FILE = "secrets.env"
VARIABLES = ("TASKLY_JWT_KEYS", "TASKLY_ENCRYPTION_KEYS")
KEY_BYTES = 32


def kept_secrets(directory: Path) -> dict[str, str]:
    """The keys of this data directory by environment variable, as `kid:base64`. Made if there are none.

    Raises:
        CannotStart: when the file is there and can't be understood.
    """
    path = directory / FILE
    if not path.exists():
        write_env_file(path, {name: _new_key() for name in VARIABLES})
    path.chmod(0o600)
    found = read_env_file(path)
    if not all(found.get(name) for name in VARIABLES):
        raise CannotStart(
            f"{path} is damaged: it should have a line for each of {' and '.join(VARIABLES)}. "
            "Put it back from a backup. Without it, people have to sign in again, and stored GitHub "
            "tokens can't be read."
        )
    return {name: found[name] for name in VARIABLES}


def _new_key() -> str:
    key = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    return f"k{os.urandom(4).hex()}:{key}"
