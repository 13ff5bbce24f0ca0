"""`python -m taskly.doctor`: examine and say what to do.

The exit code is 78 when settings are wrong, 1 when something else must be done, else 0.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import aclosing

from rich.console import Console

from taskly.doctor.examination import Examined, examine
from taskly.kit.json import dumps
from taskly.kit.options import looking_parser
from taskly.platform.logging import configure_logging
from taskly.platform.settings import Settings, SettingsError, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """The doctor as a program; its exit code."""
    parser = looking_parser(
        "doctor",
        "Check settings, servers, schema, clocks, queues, GitHub connections, secrets and stored boards.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    configure_logging(settings, process="doctor", stream=sys.stderr)
    try:
        code = asyncio.run(_examine(settings, as_json=options.json))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has read enough. At its end Python flushes standard output once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return os.EX_IOERR
    return code


class _Shown(Console):
    """A console that tells us when nobody reads any more, instead of ending the program."""

    def on_broken_pipe(self) -> None:
        """Go on with the error that is being handled."""
        raise BrokenPipeError


async def _examine(settings: Settings, *, as_json: bool) -> int:
    console = _Shown(soft_wrap=True, highlight=False)
    parts = []
    async with aclosing(examine(settings)) as examination:
        async for part in examination:
            parts.append(part)
            if not as_json:
                _show(console, part)
    if as_json:
        sys.stdout.write(dumps([_plain(part) for part in parts]).decode() + "\n")
    if not parts[0].is_sound:
        return os.EX_CONFIG
    return 0 if all(part.is_sound for part in parts) else 1


def _show(console: Console, part: Examined) -> None:
    mark = "[green]sound[/]" if not part.findings else "[yellow]see below[/]"
    console.print(f"{part.part:<14} {mark if part.is_sound else '[red]not sound[/]'}")
    for finding in part.findings:
        console.print(f"  {finding.severity}: {finding.what}", markup=False)
        console.print(f"  {finding.advice}", markup=False, style="dim")


def _plain(part: Examined) -> dict[str, object]:
    findings = [
        {"severity": finding.severity, "what": finding.what, "advice": finding.advice}
        for finding in part.findings
    ]
    return {"part": part.part, "sound": part.is_sound, "findings": findings}


if __name__ == "__main__":
    sys.exit(main())
