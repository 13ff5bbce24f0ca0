"""What tests have to say when all is well: shown at the end of a run, whichever process ran them."""

from collections.abc import Callable, Iterable

from pytest import CollectReport, TerminalReporter, TestReport  # noqa: PT013

TOLD = "told"
Tell = Callable[[str], None]


def show(terminal: TerminalReporter) -> None:
    """Print what tests told, each under its name."""
    for report in _reports(terminal):
        lines = [value for name, value in report.user_properties if name == TOLD]
        if lines:
            terminal.write_sep("-", report.nodeid)
            for line in lines:
                terminal.write_line(str(line))


def _reports(terminal: TerminalReporter) -> Iterable[TestReport]:
    for outcome in ("passed", "failed"):
        for report in terminal.stats.get(outcome, []):
            if not isinstance(report, CollectReport) and report.when == "call":
                yield report
