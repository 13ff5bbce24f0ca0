"""What stands in the logs, and what never does."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
import structlog

from taskly.platform.context import request_id
from taskly.platform.logging import configure_logging
from taskly.platform.redaction import redact, redact_fields
from taskly.platform.settings import Settings


@contextmanager
def logging_as(log_format: Literal["json", "console"]) -> Iterator[io.StringIO]:
    """Everything that is logged in the block, as Taskly's processes write it."""
    root = logging.getLogger()
    handlers, level, structured = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    configure_logging(Settings(log_format=log_format), process="api", stream=stream)
    yield stream
    structlog.configure(**structured)
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged during the test, as JSON lines."""
    with logging_as("json") as stream:
        yield stream


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_has_its_name_its_fields_and_where_it_comes_from(written: io.StringIO) -> None:
    token = request_id.set("req-1")
    structlog.get_logger().info("card.moved", card="PAY-1")
    request_id.reset(token)

    (line,) = lines(written)
    del line["timestamp"]
    assert line == {
        "event": "card.moved",
        "card": "PAY-1",
        "level": "info",
        "process": "api",
        "request_id": "req-1",
    }


def test_the_standard_library_s_loggers_go_the_same_way(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("lost %s", "something")

    (line,) = lines(written)
    assert (line["event"], line["level"], line["process"]) == ("lost something", "warning", "api")


def test_chatty_libraries_are_heard_when_something_is_wrong(written: io.StringIO) -> None:
    logging.getLogger("celery.worker").info("received")
    logging.getLogger("celery.worker").error("lost the broker")

    assert [line["event"] for line in lines(written)] == ["lost the broker"]


def test_secrets_are_masked_by_name_at_every_depth(written: io.StringIO) -> None:
    structlog.get_logger().info(
        "signed.in",
        refresh_token="canary",
        headers={"Authorization": "canary", "nested": [{"client_secret": "canary"}]},
        token_id="7",
    )

    assert "canary" not in written.getvalue()
    assert lines(written)[0]["token_id"] == "7"


PASSWORD = "canary"


def fail_with(password: str) -> None:
    raise ConnectionError(f"postgresql://taskly:{password}@db/taskly refused")


def test_secrets_in_exceptions_and_local_variables_are_not_written(written: io.StringIO) -> None:
    try:
        fail_with(PASSWORD)
    except ConnectionError:
        structlog.get_logger().exception("database.lost", error=ValueError("tsk_canary0123456789"))

    (line,) = lines(written)
    assert "canary" not in written.getvalue()
    assert "ConnectionError: postgresql://taskly:***@db/taskly refused" in line["exception"]


def test_a_terminal_gets_words_and_not_json() -> None:
    with logging_as("console") as stream:
        structlog.get_logger().info("card.moved", password="canary")

    assert "card.moved" in stream.getvalue()
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("redis://:hunter2@host:6379/0", "redis://:***@host:6379/0"),
        ("Bearer abcdefgh12345678", "Bearer ***"),
        ("ghp_abcdefgh12345678", "ghp_***"),
        ("github_pat_11ABCDEFG0123", "github_pat_***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "***"),
        ("?code=abc&state=def&next=/", "?code=***&state=***&next=/"),
        ("client_secret=abc;", "client_secret=***;"),
        ("{'access_token': 'abc', 'id': 1}", "{'access_token': '***', 'id': 1}"),
        ("Cookie: a=b; c=d", "Cookie: ***"),
        ("invalid_token: it has expired", "invalid_token: it has expired"),
        ("GET https://api.github.com/repos/a/b 404", "GET https://api.github.com/repos/a/b 404"),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_the_rest_is_left(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_plain_values_stay_what_they_are() -> None:
    assert redact_fields({"count": 1, "none": None, "flag": True}) == {
        "count": 1,
        "none": None,
        "flag": True,
    }
