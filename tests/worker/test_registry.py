"""Each program, started by itself, knows all tables that it needs."""

import subprocess
import sys

import pytest

PROGRAMS = {
    "api": "import taskly.api.app",
    "worker": "from taskly.worker.registry import load_tasks; load_tasks()",
}
REFERENCES = """
from taskly.platform.tables import Base
tables = Base.metadata.tables.values()
print("boards" in Base.metadata.tables, all(key.column is not None for table in tables for key in table.foreign_keys))
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_its_own_finds_every_table_that_another_refers_to(program: str) -> None:
    alone = subprocess.run(
        [sys.executable, "-c", f"{PROGRAMS[program]}\n{REFERENCES}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (alone.stdout.strip(), alone.stderr) == ("True True", "")
