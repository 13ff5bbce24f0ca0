"""What is measured and reported, and what is kept out of reports."""

import asyncio
import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from taskly.platform.metric_files import multiprocess_environment
from taskly.platform.telemetry import registry
from tests.worker.bench import Bench
from tests.worker.processes import TasklyProcess
from tests.worker.sample_jobs import Note

COUNTING = """
from prometheus_client import Counter
Counter("taskly_test", "A count.").inc(3)
"""
READING = """
from taskly.platform.telemetry import registry
print(registry().get_sample_value("taskly_test_total"))
"""
GAUGING = """
import sys
from prometheus_client import Counter, Gauge
Gauge("taskly_test_open", "What is open.", multiprocess_mode="livesum").set(2)
Counter("taskly_test", "A count.").inc(3)
if len(sys.argv) > 1:
    from taskly.platform.telemetry import registry
    print([registry().get_sample_value(name) for name in ("taskly_test_open", "taskly_test_total")])
"""
JOBS_DONE = """
from taskly.platform.telemetry import registry
labels = {"kind": "test.note", "ending": "done"}
print(registry().get_sample_value("taskly_jobs_ended_total", labels))
"""
REPORTING = """
import os, sys, sentry_sdk
from taskly.platform.settings import Settings
from taskly.platform.telemetry import start_sentry

assert start_sentry(Settings(sentry_dsn=sys.argv[1]), process="worker", release="1")
sentry_sdk.set_user({"email": os.environ["CANARY"]})
local = os.environ["CANARY"]
try:
    raise ValueError("no luck with token=" + sys.argv[2])
except ValueError as error:
    sentry_sdk.capture_exception(error)
sentry_sdk.flush(timeout=5)
"""

LOGGING = """
import sys, sentry_sdk, structlog
from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings
from taskly.platform.telemetry import start_sentry

settings = Settings(sentry_dsn=sys.argv[1])
configure_logging(settings, process="worker")
start_sentry(settings, process="worker", release="1")
structlog.get_logger().error("repository.alerted", repository="octo/payments", token="canary")
sentry_sdk.flush(timeout=5)
"""


def run(code: str, *arguments: str, **environment: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is reported to it."""

    received: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        self.received.append(body.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its base's name
        """Say nothing."""


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[str]]]:
    """An address that takes reports, and the reports."""
    received: list[str] = []
    handler = type("Handler", (Receiver,), {"received": received})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", received
        server.shutdown()
        thread.join()


def test_one_process_reads_its_own_metrics() -> None:
    assert registry() is REGISTRY


def test_processes_that_share_a_directory_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").write_bytes(b"left behind by an earlier process")
    environment = multiprocess_environment(tmp_path)

    run(COUNTING, **environment)
    run(COUNTING, **environment)

    assert run(READING, **environment) == "6.0"


def test_what_an_ended_process_counted_stays_and_what_it_held_open_goes(tmp_path: Path) -> None:
    environment = multiprocess_environment(tmp_path)

    run(GAUGING, **environment)

    assert run(GAUGING, "and read", **environment) == "[2.0, 6.0]"


@pytest.mark.anyio
async def test_what_a_worker_counts_is_read_in_another_process(
    bench: Bench, start: Callable[..., TasklyProcess], tmp_path: Path
) -> None:
    environment = multiprocess_environment(tmp_path / "metrics")
    start("worker", "--module", "tests.worker.sample_jobs", **environment)
    job_id = await bench.promise(Note())
    await bench.eventually_ends(job_id)

    async def counted() -> bool:
        return await asyncio.to_thread(run, JOBS_DONE, **environment) == "1.0"

    await bench.eventually(counted)


def test_a_report_says_what_went_wrong_and_nothing_personal(sentry: tuple[str, list[str]]) -> None:
    dsn, received = sentry

    run(REPORTING, dsn, "ghp_canary0123456789", CANARY="canary@example.com")

    report = "".join(received)
    assert "no luck with token=***" in report
    assert "ValueError" in report
    assert "canary@example.com" not in report
    assert "ghp_canary" not in report
    assert '"vars"' not in report


def test_an_error_in_the_log_is_reported_under_its_name(sentry: tuple[str, list[str]]) -> None:
    dsn, received = sentry

    run(LOGGING, dsn)

    report = "".join(received)
    assert '"logentry":{"message":"repository.alerted"}' in report
    assert '"repository":"octo/payments"' in report
    assert "canary" not in report
