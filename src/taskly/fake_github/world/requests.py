"""The log of requests, so that tests can say how they were called."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class RequestRecord:
    """One request. `arrived` and `answered` are seconds of a real clock, whatever ours says.

    The status is None when the connection was cut without an answer.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    login: str | None
    status: int | None
    at: datetime
    arrived: float
    answered: float


class RequestLog:
    """The requests in the order in which they were answered; the oldest are forgotten."""

    def __init__(self, keep: int = 20_000) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=keep)
        self._arrivals = 0

    def next_number(self) -> int:
        """The number of a request that arrives now."""
        self._arrivals += 1
        return self._arrivals

    def add(self, record: RequestRecord) -> None:
        """Note an answered request."""
        self._records.append(record)

    def all(self) -> list[RequestRecord]:
        """Every record, by arrival."""
        return sorted(self._records, key=lambda record: record.number)

    def clear(self) -> None:
        """Forget them; numbers go on."""
        self._records.clear()
