"""`python -m benchmarks`: measure everything, print the table, and write it to RESULTS.md."""

import argparse
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import uvloop

from benchmarks.board import make_board, signed_in
from benchmarks.figures import Figure, table
from benchmarks.moves import measure_moves
from benchmarks.reads import measure_reads
from benchmarks.report import report
from benchmarks.scene import QUICK, THOROUGH, Effort, Scene
from benchmarks.site import Site, running_peer, running_site

Measurement = Callable[[Scene], Awaitable[list[Figure]]]

MEASUREMENTS: dict[str, Measurement] = {
    "reads": measure_reads,
    "moves": measure_moves,
}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Measure what was asked for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="only see that everything works")
    parser.add_argument("--durable", action="store_true", help="PostgreSQL waits for the disk")
    options = parser.parse_args()
    unknown = set(options.only) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    began = time.monotonic()
    names = options.only or list(MEASUREMENTS)
    with tempfile.TemporaryDirectory(prefix="taskly-benchmark-") as directory:
        Path(directory).chmod(0o755)
        with running_site(Path(directory), durable=options.durable) as site:
            figures = uvloop.run(_measure(site, names, QUICK if options.quick else THOROUGH))
    print(table(figures))
    print(f"It took {time.monotonic() - began:.0f} s.")
    if not options.quick and not options.only:
        RESULTS.write_text(report(figures), encoding="utf-8")
    return 0


async def _measure(site: Site, names: list[str], effort: Effort) -> list[Figure]:
    figures: list[Figure] = []
    with ExitStack() as stack:
        async with signed_in(site) as member:
            board = await make_board(member, "HOT")
            shown = await member.client.get(f"/boards/{board['id']}")
            bare = stack.enter_context(running_peer(site, "bare", shown.content))
            noop = stack.enter_context(running_peer(site, "noop"))
            scene = Scene(site, bare, noop, member, board, effort)
            for name in names:
                print(f"{name} …", file=sys.stderr, flush=True)
                figures += await MEASUREMENTS[name](scene)
    return figures


if __name__ == "__main__":
    sys.exit(main())
