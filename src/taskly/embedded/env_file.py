"""Files of `NAME=value` lines that only their owner may read."""

import os
from collections.abc import Mapping
from pathlib import Path


def read_env_file(path: Path) -> dict[str, str]:
    """The variables in a file; none if it isn't there.

    Raises:
        OSError: when it can't be read.
    """
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    lines = (line.partition("=") for line in text.splitlines())
    return {name: value for name, separator, value in lines if separator}


def write_env_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write variables so that the file is whole or not there, on disk, and nobody else's to read.

    Raises:
        OSError: when it can't be written.
    """
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in variables.items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
