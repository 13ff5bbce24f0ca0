"""`taskly up`: everything that Taskly needs, from one command, until Ctrl-C."""

import asyncio
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from taskly.embedded.errors import CannotStart
from taskly.embedded.instance import Instance, running
from taskly.embedded.output import Output
from taskly.embedded.own_processes import Modules
from taskly.embedded.signals import run_until_stopped
from taskly.platform.settings import Settings, SettingsError, load_settings


def main(arguments: Sequence[str] | None = None, *, modules: Modules | None = None) -> int:
    """Run until stopped; the exit code: 0 after an orderly stop, 78 for wrong settings, else 1."""
    modules = modules or Modules()
    output = Output.standard()
    try:
        settings = load_settings(**_options(arguments))
        code = run_until_stopped(lambda hurry: up(settings, output, hurry, modules))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_CONFIG
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{settings.data_dir.absolute()} can't be used: {error}\n")
        return 1
    output.say("stopped")
    return code


async def up(settings: Settings, output: Output, hurry: asyncio.Event, modules: Modules) -> None:
    """Start, say where, and go on until cancelled."""
    async with running(settings, output=output, hurry=hurry, modules=modules) as instance:
        output.write(banner(instance))
        try:
            await asyncio.Event().wait()
        finally:
            output.say("stopping; Ctrl-C again hurries")


def banner(instance: Instance) -> str:
    """What people see when it is ready."""
    rows = [("Data", str(instance.data_directory))]
    if instance.public_url != instance.address:
        rows.append(("Listens on", instance.address))
    if instance.sign_in_link:
        rows.append(("Sign in", f"{instance.sign_in_link}  (works once)"))
    rows.append(("Stop", "Ctrl-C"))
    phases = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in instance.phases.items())
    rows.append(("Start took", phases))
    lines = "".join(f"  {title:<12}{text}\n" for title, text in rows)
    return f"\n  Taskly is ready at {instance.public_url}\n\n{lines}\n"


def _options(arguments: Sequence[str] | None) -> dict[str, Any]:
    """The settings that the command line sets."""
    parser = ArgumentParser(prog="taskly up", description="Start Taskly with servers of its own.")
    parser.add_argument("--data-dir", help="where everything is kept (default: .taskly)")
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", help="the port to listen on (default: 8000 or the next free one)")
    return {name: value for name, value in vars(parser.parse_args(arguments)).items() if value}


if __name__ == "__main__":
    sys.exit(main())
