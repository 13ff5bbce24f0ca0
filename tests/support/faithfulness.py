"""Whether what went between Taskly and the fake GitHub is what GitHub's description allows.

Every fake GitHub that a test starts, in this process or in another, writes down what it was asked and what it
answered. After each test that is read and compared with the description: every answer of the fake, and every
request that Taskly sent. What tests ask of the fake themselves may be wrong on purpose.
"""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from tests.support.description import Description
from tests.support.node import DESCRIPTION

RECORD = "FAKE_GITHUB_RECORD"
"""The variable that tells a fake GitHub where to write."""


def record_file() -> Path | None:
    """Where fakes of this test process write."""
    return Path(os.environ[RECORD]) if RECORD in os.environ else None


class Transcript:
    """The file that all fakes of a test process write, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def wrong_in_what_is_new(self) -> list[str]:
        """What the description does not allow in what was written since the last call."""
        if not self._path.exists() or self._path.stat().st_size == self._read:
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            lines = file.readlines()
            self._read = file.tell()
        found = [wrong for line in lines for wrong in wrong_in_exchange(orjson.loads(line))]
        return list(dict.fromkeys(found))


def wrong_in_exchange(exchange: dict[str, Any]) -> Iterator[str]:
    """What the description does not allow in a request of Taskly's and in an answer to anybody."""
    method, path, status = exchange["method"], exchange["path"], exchange["status"]
    by_taskly = (exchange["agent"] or "").startswith("Taskly")
    operation = _description().operation(method, path)
    if operation is None:
        if by_taskly or status < 400:
            yield f"{method} {path} is not described"
        return
    if by_taskly:
        for wrong in operation.wrong_in_request(exchange["query"], exchange["body"]):
            yield f"{operation.name}: {wrong}"
    for wrong in operation.wrong_in_answer(status, exchange["answer"]):
        yield f"{operation.name}: {wrong}"


@cache
def _description() -> Description:
    return Description(DESCRIPTION)
