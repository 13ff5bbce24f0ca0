"""The benchmarks work; how fast anything is, is not for tests to say."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import benchmarks
from benchmarks.figures import Aim, Figure, Held, table
from benchmarks.load.http import Load
from benchmarks.report import report
from benchmarks.statements import literal

ROOT = Path(__file__).parents[2]
READS = Figure(
    name="Reads",
    unit="/s",
    ours=[900.0, 1000.0, 800.0],
    beside="bare",
    peer=[1000.0, 1000.0, 1000.0],
    aim=Aim(Held.RATIO, 0.8, at_least=True),
)
MOVE = Figure(name="Move", unit="ms", ours=[3.5], aim=Aim(Held.VALUE, 3))


def test_every_module_of_the_benchmarks_can_be_imported() -> None:
    found = [
        module.name
        for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks.")
        if not module.name.endswith("__main__")
    ]
    assert {"benchmarks.reads", "benchmarks.load.sockets"} <= set(found)
    for name in found:
        importlib.import_module(name)


def test_the_table_shows_medians_ratios_and_whether_aims_are_met() -> None:
    assert table([READS, MOVE]) == (
        "| Figure | Taskly             | Beside |                        | Ratio | Aim    |        |\n"
        "| ------ | ------------------ | ------ | ---------------------- | ----- | ------ | ------ |\n"
        "| Reads  | 900 /s (800-1 000) | bare   | 1 000 /s (1 000-1 000) | 0.90  | ≥ 0.80 | met    |\n"
        "| Move   | 3.50 ms            |        |                        |       | ≤ 3 ms | MISSED |\n"
    )


def test_an_aim_for_a_ratio_needs_something_to_compare_with() -> None:
    alone = Figure(name="Reads", unit="/s", ours=[1.0], aim=READS.aim)
    with pytest.raises(LookupError, match="needs a peer"):
        _ = alone.kept


def test_the_results_name_no_folder_of_this_machine() -> None:
    shown = report([READS])
    assert str(Path.home()) not in shown
    assert str(ROOT) not in shown
    assert table([READS]) in shown


def test_a_load_tells_its_rate_and_percentiles() -> None:
    load = Load(seconds=2.0, latencies=[0.004, 0.001, 0.002, 0.003])
    assert load.rate == 2.0
    assert load.percentile(0.5) == 3.0


def test_parameters_become_sql_in_which_pgbench_sees_no_variable() -> None:
    assert literal(["it's 12:30", None, 3]) == r"ARRAY[E'it''s 12\x3a30', NULL, 3]"


@pytest.mark.slow
@pytest.mark.xdist_group("everything")
def test_a_quick_run_measures_everything() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    for name in ("Board read", "Moves", "Event", "Webhook", "One-click branch", "Merge", "Memory"):
        assert f"| {name}" in ended.stdout
