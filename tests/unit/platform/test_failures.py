"""Which failures pass by themselves, so that they say nothing about the job."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from taskly.platform.jobs.failures import is_passing


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        InterfaceError("SELECT 1", None, Exception("connection is closed")),
        OperationalError("SELECT 1", None, Exception("the server is shutting down")),
        asyncpg.InternalClientError("another operation (2) is in progress"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_server_that_is_away_comes_back(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    "error", [ValueError("no"), DBAPIError("SELECT 1", None, Exception("no such column"))]
)
def test_what_is_wrong_with_the_job_stays(error: Exception) -> None:
    assert not is_passing(error)
