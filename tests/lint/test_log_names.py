"""Log events have static names."""

import pytest

from tests.lint.samples import lines
from tools.lint import log_names

PATH = "src/taskly/github/deliveries.py"


@pytest.mark.parametrize(
    "call",
    [
        'log.info("delivery.processed", delivery=1)',
        'self.log.warning("job.lease_not_renewed")',
        'log.bind(job=1).error("job.failed")',
        "math.log(2)",
        "transaction.log.write(session, current)",
    ],
)
def test_a_static_dotted_name_is_fine(call: str) -> None:
    assert lines(log_names.check, PATH, f"{call}\n") == []


@pytest.mark.parametrize(
    "call",
    [
        'log.info(f"processed {delivery}")',
        'log.info("Delivery processed")',
        'logger.error("processed")',
        "log.exception(event)",
        'log.warning("job." + name)',
        'log.bind(job=1).info("job %s" % name)',
        "self._log.debug()",
    ],
)
def test_anything_else_is_found(call: str) -> None:
    assert lines(log_names.check, PATH, f"import this\n{call}\n") == [2]
    assert lines(log_names.check, "tests/github/test_deliveries.py", f"{call}\n") == []
