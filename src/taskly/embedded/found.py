"""How other commands find the instance that runs here: `taskly sign-in-link` beside `taskly up`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from taskly.embedded.env_file import read_env_file, write_env_file

FILE = "instance.env"
DEFAULT_DIRECTORY = ".taskly"
VARIABLE = "TASKLY_DATA_DIR"
DATABASE = "DATABASE_URL"


class NothingRuns(Exception):
    """No instance can be found; the message says where it was looked for and what to do."""


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

    The directory is the one that is named, here or by the settings. What is set already stays. Nothing
    is added where no instance runs and settings say by themselves which database is meant.

    Raises:
        NothingRuns: the directory that was named has no instance, or nothing says what is meant.
    """
    settings = _readable_settings()
    chosen = directory or environment.get(VARIABLE) or settings.get(VARIABLE) or DEFAULT_DIRECTORY
    try:
        found = _found(Path(chosen).absolute())
    except NothingRuns as error:
        if directory:
            raise
        if not (environment.get(DATABASE) or settings.get(DATABASE)):
            raise NothingRuns(f"{error} With servers of your own, set {DATABASE}.") from error
        found = {}
    missing = {name: value for name, value in found.items() if not environment.get(name)}
    return dict(environment) | missing


def _found(directory: Path) -> dict[str, str]:
    try:
        found = read_env_file(directory / FILE)
    except OSError as error:
        raise NothingRuns(f"{directory} can't be looked into: {error.strerror}.") from error
    if not found:
        raise NothingRuns(
            f"No Taskly runs in {directory}. Start one with `taskly up`, or name the data directory of "
            "one with --data-dir."
        )
    return found


def _readable_settings() -> dict[str, str]:
    """What `.env` sets, roughly: enough to see whether it names a directory or a database."""
    with suppress(OSError):
        lines = read_env_file(Path(".env")).items()
        return {name.removeprefix("export ").strip(): value.strip(" '\"") for name, value in lines}
    return {}
