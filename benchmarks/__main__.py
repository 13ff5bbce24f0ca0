"""`python -m benchmarks`: measure everything, print the table, and write it to RESULTS.md."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from benchmarks.board import make_board, signed_in
from benchmarks.bringing import measure_bringing
from benchmarks.figures import Figure, table
from benchmarks.journeys import measure_journeys
from benchmarks.large import measure_large
from benchmarks.live import measure_live
from benchmarks.load.sockets import allow_many_connections
from benchmarks.memory import memory_figures, memory_of, settled_memory_of
from benchmarks.moves import measure_moves
from benchmarks.reads import measure_reads
from benchmarks.report import report
from benchmarks.scene import QUICK, THOROUGH, Effort, Scene
from benchmarks.site import Site, running_peer, running_site
from benchmarks.webhooks import measure_webhooks
from taskly.platform.runtime import open_runtime

Measurement = Callable[[Scene], Awaitable[list[Figure]]]

MEASUREMENTS: dict[str, Measurement] = {
    "reads": measure_reads,
    "moves": measure_moves,
    "live": measure_live,
    "large": measure_large,
    "imports": measure_bringing,
    "journeys": measure_journeys,
    "webhooks": measure_webhooks,
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
    allow_many_connections()
    began = time.monotonic()
    names = options.only or list(MEASUREMENTS)
    with tempfile.TemporaryDirectory(prefix="taskly-benchmark-") as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        with running_site(folder / "plain", durable=options.durable, api_processes=1) as site:
            plain = asyncio.run(settled_memory_of(site.pid))
        with running_site(folder / "measured", durable=options.durable) as site:
            figures = uvloop.run(_measure(site, names, QUICK if options.quick else THOROUGH, plain))
    print(table(figures))
    print(f"It took {time.monotonic() - began:.0f} s.")
    if not options.quick and not options.only:
        RESULTS.write_text(report(figures), encoding="utf-8")
    return 0


async def _measure(site: Site, names: list[str], effort: Effort, plain: float) -> list[Figure]:
    figures: list[Figure] = []
    idle = await settled_memory_of(site.pid)
    async with _scene(site, effort) as scene:
        for name in names:
            print(f"{name} …", file=sys.stderr, flush=True)
            figures += await MEASUREMENTS[name](scene)
        return figures + memory_figures(plain, idle, memory_of(site.pid))


@asynccontextmanager
async def _scene(site: Site, effort: Effort) -> AsyncIterator[Scene]:
    async with (
        signed_in(site) as member,
        open_runtime(site.settings(), application="benchmark") as runtime,
    ):
        board, peer_board = await make_board(member, "HOT"), await make_board(member, "PEER")
        shown = await member.client.get(f"/boards/{board['id']}")
        with (
            running_peer(site, "bare", shown.content) as bare,
            running_peer(site, "noop") as noop,
        ):
            yield Scene(site, bare, noop, member, board, peer_board, runtime, effort)


if __name__ == "__main__":
    sys.exit(main())
