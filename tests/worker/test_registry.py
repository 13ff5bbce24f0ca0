"""Each program, started by itself, knows all tables."""

import subprocess
import sys

import pytest

from taskly.migrations.tables import METADATA

PROGRAMS = {
    "api": "import taskly.api.app",
    "worker": "from taskly.worker.registry import load_tasks; load_tasks()",
}
COUNT = "from taskly.platform.tables import Base; print(len(Base.metadata.sorted_tables))"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_its_own_finds_every_table_that_another_refers_to(program: str) -> None:
    alone = subprocess.run(
        [sys.executable, "-c", f"{PROGRAMS[program]}; {COUNT}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (alone.stdout.strip(), alone.stderr) == (str(len(METADATA.sorted_tables)), "")
