"""`python -m taskly.demo`: start, fill, tell the story, and stay until Ctrl-C."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import httpx2

from taskly.demo.client import Refused
from taskly.demo.content.people import AUTHOR
from taskly.demo.narration import Narrator
from taskly.demo.options import Options, read_options
from taskly.demo.signing_in import LOGIN_PATH
from taskly.demo.stage import Stage, settings_in, staged
from taskly.demo.story import NotArrived
from taskly.demo.telling import opened_story, prepared, tell
from taskly.demo.watching import TurnedAway
from taskly.embedded.errors import CannotStart
from taskly.embedded.output import Output
from taskly.embedded.signals import run_until_stopped
from taskly.fake_github.driver import FakeGitHubError
from taskly.platform.logging import configure_logging
from taskly.platform.settings import SettingsError, load_settings

LOG = "demo.log"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until stopped, or with `--once` until the story is told; 0 if all of it arrived, 78 for wrong
    settings, else 1.
    """
    options = read_options(arguments)
    narrator = Narrator()
    for name in settings_in(os.environ):
        del os.environ[name]
    log = options.directory / LOG
    try:
        options.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Taskly and its processes read a .env of the folder they run in: here there is none.
        os.chdir(options.directory)
        with log.open("a") as lines:
            output = Output(lines, colours=False)
            configure_logging(load_settings(_env_file=None), process="demo", stream=lines)
            return run_until_stopped(lambda hurry: demo(options, narrator, output, hurry))
    except SettingsError as error:
        narrator.say(str(error))
        return os.EX_CONFIG
    except NotArrived as failure:
        narrator.missed(failure)
    except (CannotStart, FakeGitHubError, Refused, TurnedAway, httpx2.TransportError) as error:
        narrator.say(str(error) or type(error).__name__)
    except OSError as error:
        narrator.say(f"{options.directory} can't be used: {error}")
        return 1
    narrator.say(f"What the processes said is in {log}.")
    return 1


async def demo(options: Options, narrator: Narrator, output: Output, hurry: asyncio.Event) -> None:
    """The demonstration as a whole.

    Raises:
        NotArrived: a step of the story did not show on the board; everything is stopped then.
    """
    began = time.monotonic()
    narrator.say("Starting PostgreSQL, Redis, Taskly and a fake GitHub …")
    async with staged(options, output, hurry=hurry) as stage, prepared(stage) as ready:
        narrator.began(time.monotonic() - began)
        narrator.filled(ready.filled, [each.full_name for each in ready.repositories])
        if not options.only_fill:
            async with opened_story(stage, ready) as (story, _watch):
                arrivals = await tell(story, narrator, options.pause_seconds)
            narrator.summary(arrivals)
        narrator.say(f"\nEverything took {time.monotonic() - began:.1f} s.")
        if not options.once:
            narrator.addresses(_addresses(stage, options.directory))
            try:
                await asyncio.Event().wait()
            finally:
                narrator.say("Stopping; Ctrl-C again hurries.")


def _addresses(stage: Stage, directory: Path) -> list[tuple[str, str]]:
    sign_in = f"{stage.address}{LOGIN_PATH}?next=/"
    rows = [
        ("Taskly", stage.address),
        ("Sign in", f"{sign_in}  (choose {AUTHOR.login})"),
    ]
    if stage.instance.sign_in_link is not None:
        rows.append(("or by link", f"{stage.instance.sign_in_link}  (works once)"))
    rows += [
        ("API", f"{stage.address}/api/docs"),
        ("Fake GitHub", f"{stage.github.web_url}  (merge and fail things by buttons)"),
        ("Log", str(directory / LOG)),
        ("Stop", "Ctrl-C"),
    ]
    return rows


if __name__ == "__main__":
    sys.exit(main())
