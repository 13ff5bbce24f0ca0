"""How other commands find the instance that runs here: `taskly sign-in-link` beside `taskly up`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from taskly.embedded.env_file import read_env_file, write_env_file

FILE = "instance.env"
DEFAULT_DIRECTORY = ".taskly"
VARIABLE = "TASKLY_DATA_DIR"


@contextmanager
def findable(directory: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, the data directory says with which settings the instance is reached."""
    path = directory / FILE
    write_env_file(path, variables)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def found_environment(
    environment: Mapping[str, str], directory: str | None = None
) -> dict[str, str]:
    """The environment with which the instance of this data directory is reached.

    The directory is the one that is named, here or by the settings. What is set already stays. Without
    an instance, or when we may not know it, nothing is added.
    """
    set_in_file = _readable(Path(".env")).get(VARIABLE, "").strip(" '\"")
    directory = directory or environment.get(VARIABLE) or set_in_file
    found = _readable(Path(directory or DEFAULT_DIRECTORY, FILE))
    missing = {name: value for name, value in found.items() if not environment.get(name)}
    return dict(environment) | missing


def _readable(path: Path) -> dict[str, str]:
    with suppress(OSError):
        return read_env_file(path)
    return {}
