"""`python -m taskly.worker`: a worker in this process."""

import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence

from taskly.platform.events.jobs import Queue
from taskly.worker.process import run_worker
from taskly.worker.scheduler import schedule
from taskly.worker.start import option_parser, prepare, settings_or_exit


def main(arguments: Sequence[str] | None = None) -> int:
    """The worker as a program; its exit code."""
    parser = option_parser("worker")
    parser.add_argument(
        "--queues",
        type=_queues,
        default=tuple(Queue),
        metavar="A,B",
        help=f"serve these queues only, most urgent first (default: {','.join(Queue)})",
    )
    parser.add_argument(
        "--with-scheduler",
        action="store_true",
        help="run the scheduler in this process too, which saves the memory of another one",
    )
    options = parser.parse_args(arguments)
    settings = settings_or_exit()
    prepare("worker", settings, options)
    return run_worker(
        settings, queues=options.queues, beside=(schedule,) if options.with_scheduler else ()
    )


def _queues(text: str) -> tuple[Queue, ...]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in set(Queue):
            raise ArgumentTypeError(f"there is no queue {name!r}, only {', '.join(Queue)}")
    return tuple(Queue(name) for name in names)


if __name__ == "__main__":
    sys.exit(main())
